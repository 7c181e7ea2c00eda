// The graph of a dispute, drawn from the widget's state. Every text is set as text.
const SVG = "http://www.w3.org/2000/svg";

function made(kind, attributes, text) {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function paragraph(text, strong) {
  const element = document.createElement("p");
  element.style.margin = "0.15em 0";
  if (strong) element.style.fontWeight = "bold";
  element.textContent = text;
  return element;
}

// From the edge of one circle to that of the other, a little to the right of the straight line.
function line(start, end) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const long = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / long, dy / long];
  const bend = 10;
  const from = [start.x + ux * 16, start.y + uy * 16];
  const to = [end.x - ux * 19, end.y - uy * 19];
  const middle = [(from[0] + to[0]) / 2 - uy * bend, (from[1] + to[1]) / 2 + ux * bend];
  return { path: `M${from} Q${middle} ${to}`, to };
}

function drawn(model, choose) {
  const picture = made("svg", { viewBox: "-30 -30 560 460", width: "560", role: "group" });
  picture.setAttribute("aria-label", model.get("title"));
  const places = new Map(model.get("nodes").map((node) => [node.id, node]));
  const state = model.get("state");
  for (const edge of model.get("edges")) {
    if (model.get("improvements_only") && !edge.improvement) continue;
    const [start, end] = [places.get(edge.source), places.get(edge.target)];
    const { path: d, to } = line(start, end);
    const opacity = edge.source === state ? 1 : 0.35;
    const path = made("path", {
      d,
      fill: "none",
      stroke: edge.colour,
      "stroke-width": edge.source === state ? 2.5 : 1,
      "stroke-dasharray": edge.improvement ? "none" : "4 4",
      opacity,
    });
    path.append(made("title", {}, edge.words));
    picture.append(path);
    // A dot stands where the move ends.
    const tip = made("circle", { cx: to[0], cy: to[1], r: 3, fill: edge.colour, opacity });
    picture.append(tip);
  }
  for (const node of places.values()) {
    const group = made("g", { tabindex: "0", role: "button", cursor: "pointer" });
    group.setAttribute("aria-label", node.words);
    group.setAttribute("aria-pressed", String(node.id === state));
    group.append(
      made("circle", {
        cx: node.x,
        cy: node.y,
        r: 15,
        fill: node.equilibrium ? "#009E73" : "#ffffff",
        stroke: node.id === state ? "#D55E00" : "#555555",
        "stroke-width": node.id === state ? 4 : node.status_quo ? 3 : 1,
      }),
      made(
        "text",
        {
          x: node.x,
          y: node.y + 4,
          "text-anchor": "middle",
          "font-size": 11,
          fill: node.equilibrium ? "#ffffff" : "#000000",
        },
        String(node.id),
      ),
      made("title", {}, node.words),
    );
    group.addEventListener("click", () => choose(node.id));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(node.id);
    });
    picture.append(group);
  }
  return picture;
}

function told(model) {
  const words = document.createElement("div");
  words.setAttribute("role", "status");
  for (const [number, text] of model.get("told").entries()) words.append(paragraph(text, !number));
  return words;
}

function render({ model, el }) {
  const choose = (state) => {
    model.set("state", state);
    model.save_changes();
  };
  const show = () => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = model.get("improvements_only");
    box.addEventListener("change", () => {
      model.set("improvements_only", box.checked);
      model.save_changes();
    });
    label.append(box, " Only moves that better their party");
    el.replaceChildren(paragraph(model.get("title"), true), label, drawn(model, choose), told(model));
  };
  for (const name of ["nodes", "edges", "state", "told", "improvements_only"]) {
    model.on(`change:${name}`, show);
  }
  show();
}

export default { render };

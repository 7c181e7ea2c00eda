// The graph on a canvas: drawn by Cytoscape.js, its regions laid out in layers by dagre. Both are served
// with the pages (static/vendored) and loaded here, on this page alone. Names are only ever data: no text
// of a dispute becomes a selector, a style or mark-up.

const CYTOSCAPE = "/static/vendored/cytoscape-3.35.0.esm.min.mjs";
const DAGRE = "/static/vendored/dagre-3.1.3.esm.min.mjs";

const LINE = 15;
const WIDTH = 168;
const LETTERS = 25;
const SVG = "http://www.w3.org/2000/svg";

function lines(text) {
  const found = [];
  for (const part of String(text).split("\n")) {
    let line = "";
    for (const word of part.split(" ")) {
      if (line && line.length + word.length >= LETTERS) {
        found.push(line);
        line = word;
      } else {
        line = line ? `${line} ${word}` : word;
      }
    }
    found.push(line);
  }
  return found;
}

function colours() {
  const style = getComputedStyle(document.body);
  const value = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return { ink: value("--ink", "#111"), panel: value("--panel", "#fff"), line: value("--line", "#999"), soft: value("--soft", "#eee") };
}

function styles() {
  const { ink, line, soft } = colours();
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle", width: "data(w)", height: "data(h)", label: "data(text)", color: "#ffffff",
        "background-color": "#4f6172", "text-wrap": "wrap", "text-max-width": WIDTH, "text-valign": "center",
        "font-size": 12, "font-family": "system-ui, sans-serif", "line-height": 1.2, "border-width": 0,
      },
    },
    { selector: "node.holds", style: { "background-color": "#006b50" } },
    { selector: "node.now", style: { "border-width": 5, "border-color": "#e69f00" } },
    { selector: "node.others", style: { "background-opacity": 0.55 } },
    {
      selector: ":parent",
      style: {
        "background-color": soft, "background-opacity": 0.7, "border-width": 2, "border-color": line, color: ink,
        "text-valign": "top", "text-margin-y": -4, padding: 16, "font-weight": "bold", "text-max-width": 320,
      },
    },
    { selector: ":parent.now", style: { "border-width": 4, "border-color": "#e69f00" } },
    {
      selector: "edge",
      style: {
        width: "data(w)", "line-color": "data(colour)", "target-arrow-color": "data(colour)", "target-arrow-shape": "triangle",
        "curve-style": "bezier", "control-point-step-size": 30, "arrow-scale": 1.1, opacity: 0.85,
      },
    },
    { selector: ".faded", style: { opacity: 0.22 } },
    { selector: "node.way", style: { "border-width": 5, "border-color": "#d55e00" } },
    { selector: "edge.way", style: { opacity: 1, "line-style": "dashed" } },
    { selector: ".under", style: { "overlay-color": ink, "overlay-opacity": 0.12, "overlay-padding": 3 } },
  ];
}

function elements(graph) {
  const nodes = graph.nodes.map((one) => ({
    group: "nodes",
    data: {
      id: one.id, parent: one.parent ?? undefined, region: one.region, text: one.text, told: one.told,
      w: WIDTH + 12, h: LINE * lines(one.text).length + 18,
    },
    classes: one.classes,
  }));
  const edges = graph.edges.map((one) => ({
    group: "edges",
    data: { id: one.id, source: one.source, target: one.target, colour: one.colour, w: one.width, told: one.told },
    classes: one.classes,
  }));
  return [...nodes, ...edges];
}

// Layers ------------------------------------------------------------------------------------------

function layered(dagre, sizes, links, along, apart) {
  const graph = new dagre.Graph();
  graph.setGraph({ rankdir: along, nodesep: apart, ranksep: 60 + apart * 2, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, { w, h }] of sizes) graph.setNode(id, { width: w, height: h });
  for (const [source, target, weight] of links) graph.setEdge(source, target, { weight });
  dagre.layout(graph);
  const { width, height } = graph.graph();
  return { at: (id) => graph.node(id), width, height };
}

function layOut(dagre, graph, drawn, along) {
  const top = new Map(graph.nodes.map((one) => [one.id, one.parent ?? one.id]));
  const size = new Map(drawn.filter((one) => one.group === "nodes").map((one) => [one.data.id, one.data]));
  const inner = new Map();
  const outerSizes = new Map();
  for (const node of graph.nodes.filter((one) => !one.parent)) {
    const children = graph.nodes.filter((one) => one.parent === node.id).map((one) => one.id);
    if (!children.length) {
      outerSizes.set(node.id, size.get(node.id));
      continue;
    }
    const own = new Set(children);
    const links = graph.edges
      .filter((one) => own.has(one.source) && own.has(one.target))
      .map((one) => [one.source, one.target, Math.ceil(one.width)]);
    const inside = layered(dagre, new Map(children.map((id) => [id, size.get(id)])), links, along, 26);
    inner.set(node.id, { inside, children });
    outerSizes.set(node.id, { w: inside.width + 40, h: inside.height + 70 });
  }
  const links = graph.edges
    .map((one) => [top.get(one.source), top.get(one.target), Math.ceil(one.width)])
    .filter(([source, target]) => source !== target);
  const outer = layered(dagre, outerSizes, links, along, 44);
  const places = {};
  for (const id of outerSizes.keys()) {
    const { x, y } = outer.at(id);
    const opened = inner.get(id);
    if (!opened) {
      places[id] = { x, y };
      continue;
    }
    for (const child of opened.children) {
      const at = opened.inside.at(child);
      places[child] = { x: x - opened.inside.width / 2 + at.x, y: y - opened.inside.height / 2 + at.y + 10 };
    }
  }
  return places;
}

// Files -------------------------------------------------------------------------------------------

function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function drawing(cy, title) {
  const { ink, panel } = colours();
  const box = cy.elements().boundingBox();
  const make = (name, values, around) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    around.append(element);
    return element;
  };
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("viewBox", [box.x1 - 12, box.y1 - 12, box.w + 24, box.h + 24].map(Math.round).join(" "));
  svg.setAttribute("font-family", "sans-serif");
  make("title", {}, svg).textContent = title;
  make("rect", { x: box.x1 - 12, y: box.y1 - 12, width: box.w + 24, height: box.h + 24, fill: panel }, svg);
  const node = (one) => {
    const { x1, y1, w, h } = one.boundingBox({ includeLabels: false, includeOverlays: false });
    const parent = one.isParent();
    const group = make("g", { opacity: one.effectiveOpacity() }, svg);
    const shape = { x: x1, y: y1, width: w, height: h, rx: 8, fill: one.style("background-color") };
    shape["fill-opacity"] = one.style("background-opacity");
    if (parseFloat(one.style("border-width")) > 0) {
      Object.assign(shape, { stroke: one.style("border-color"), "stroke-width": parseFloat(one.style("border-width")) });
    }
    make("title", {}, make("rect", shape, group)).textContent = one.data("told");
    const rows = lines(one.data("text"));
    const first = parent ? y1 - 6 - (rows.length - 1) * LINE : y1 + h / 2 - ((rows.length - 1) * LINE) / 2 + 4;
    rows.forEach((row, number) => {
      const text = make("text", { x: x1 + w / 2, y: first + number * LINE, "text-anchor": "middle", "font-size": 12, fill: parent ? ink : "#ffffff" }, group);
      text.textContent = row;
    });
  };
  cy.nodes(":parent").forEach(node);
  cy.edges().forEach((one) => {
    const [from, to] = [one.sourceEndpoint(), one.targetEndpoint()];
    if (![from.x, from.y, to.x, to.y].every(Number.isFinite)) return;
    const bend = one.controlPoints()?.[0];
    const colour = one.data("colour");
    const width = parseFloat(one.style("width"));
    const group = make("g", { opacity: one.effectiveOpacity() }, svg);
    const middle = bend ? `Q ${bend.x} ${bend.y}` : "L";
    make("title", {}, make("path", { d: `M ${from.x} ${from.y} ${middle} ${to.x} ${to.y}`, fill: "none", stroke: colour, "stroke-width": width }, group)).textContent = one.data("told");
    const before = bend ?? from;
    const long = Math.hypot(to.x - before.x, to.y - before.y) || 1;
    const [dx, dy] = [(to.x - before.x) / long, (to.y - before.y) / long];
    const size = 8 + width;
    const corner = (side) => `${to.x - dx * size - dy * side * size * 0.5},${to.y - dy * size + dx * side * size * 0.5}`;
    make("polygon", { points: `${to.x},${to.y} ${corner(1)} ${corner(-1)}`, fill: colour }, group);
  });
  cy.nodes(":childless").forEach(node);
  return new XMLSerializer().serializeToString(svg);
}

export default {
  template: `
    <div class="graph-box">
      <div ref="canvas" class="graph-canvas" role="img" :aria-label="label"></div>
      <div class="graph-told" aria-hidden="true">{{ told }}</div>
    </div>`,
  props: { graph: Object, label: String, file: String },
  emits: ["press", "open", "drawn"],
  data() {
    return { told: "" };
  },
  async mounted() {
    const [{ default: cytoscape }, dagre] = await Promise.all(
      [CYTOSCAPE, DAGRE].map((one) => import(window.path_prefix + one)),
    );
    if (!this.$refs.canvas) return;
    this.dagre = dagre;
    this.cy = cytoscape({
      container: this.$refs.canvas, style: styles(), autoungrabify: true, boxSelectionEnabled: false,
      selectionType: "single", minZoom: 0.08, maxZoom: 4,
    });
    window.detenteGraph = this.cy;
    this.listen();
    this.draw();
    this.dark = new MutationObserver(() => this.cy.style(styles()));
    this.dark.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.wide = new ResizeObserver(() => this.cy.resize());
    this.wide.observe(this.$refs.canvas);
  },
  beforeUnmount() {
    this.dark?.disconnect();
    this.wide?.disconnect();
    this.cy?.destroy();
  },
  watch: {
    graph() {
      if (this.cy) this.draw();
    },
  },
  methods: {
    listen() {
      const { cy } = this;
      // Turning the wheel alone moves the page, as everywhere; with Ctrl it draws the graph larger.
      this.$refs.canvas.addEventListener("wheel", (event) => event.ctrlKey || event.stopPropagation(), { capture: true });
      let from = null;
      cy.on("tapstart", "node", ({ target }) => (from = target.id()));
      cy.on("tapend", "node", ({ target }) => {
        if (from !== null && from !== target.id()) this.$emit("press", { start: from, end: target.id() });
        from = null;
      });
      cy.on("tap", "node", ({ target }) => this.$emit("press", { start: null, end: target.id() }));
      cy.on("dbltap", "node", ({ target }) => this.$emit("open", target.data("region")));
      cy.on("mouseover", "node, edge", ({ target }) => {
        this.told = target.data("told");
        target.addClass("under");
      });
      cy.on("mouseout", "node, edge", ({ target }) => {
        this.told = "";
        target.removeClass("under");
      });
    },
    draw() {
      const { cy } = this;
      const drawn = elements(this.graph);
      const before = cy.nodes().map((one) => one.id()).sort().join();
      const now = this.graph.nodes.map((one) => one.id).sort().join();
      const places = before === now ? Object.fromEntries(cy.nodes(":childless").map((one) => [one.id(), { ...one.position() }])) : null;
      cy.batch(() => {
        cy.elements().remove();
        cy.add(drawn);
      });
      const along = this.$refs.canvas.clientWidth < 560 ? "TB" : "LR";
      const found = places ?? layOut(this.dagre, this.graph, drawn, along);
      cy.batch(() => {
        cy.nodes(":childless").forEach((one) => one.position(found[one.id()]));
      });
      if (!places) this.fit();
      this.$emit("drawn", this.graph.nodes.length);
    },
    fit() {
      this.cy?.fit(undefined, 18);
      if (this.cy && this.cy.zoom() > 1.4) {
        this.cy.zoom(1.4);
        this.cy.center();
      }
    },
    larger() {
      this.zoomBy(1.3);
    },
    smaller() {
      this.zoomBy(1 / 1.3);
    },
    zoomBy(factor) {
      const { cy } = this;
      cy?.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    },
    svg() {
      keep(new Blob([drawing(this.cy, this.label)], { type: "image/svg+xml" }), `${this.file}.svg`);
    },
    async png() {
      const blob = await this.cy.png({ output: "blob-promise", full: true, scale: 2, bg: colours().panel, maxWidth: 6000, maxHeight: 6000 });
      keep(blob, `${this.file}.png`);
    },
  },
};

// A field whose text is never lost. What is typed is kept in the browser until the server has saved
// it; what others type in the same field meanwhile is merged in (as in merging.py); and after a reload,
// or a crash of the server, what had not been saved comes back.

const unsent = (window.detenteUnsent ??= new Set());

// What is sent while a line breaks off is lost without a word. So what is not answered is sent again; the
// server knows what it has by its number.
const AGAIN = 4000;

function tell() {
  window.dispatchEvent(new Event("detente-unsent"));
}

function stretch(was, now) {
  const most = Math.min(was.length, now.length);
  let start = 0;
  while (start < most && was[start] === now[start]) start += 1;
  let same = 0;
  while (same < most - start && was[was.length - 1 - same] === now[now.length - 1 - same]) same += 1;
  return [start, was.length - same, now.slice(start, now.length - same)];
}

function putIn(before, after) {
  const found = [];
  let [place, letters] = [0, []];
  const end = () => {
    if (letters.length) found.push([place, letters]);
    letters = [];
  };
  for (const letter of after) {
    if (place < before.length && letter === before[place]) {
      end();
      place += 1;
    } else letters.push(letter);
  }
  end();
  return place === before.length ? found : null;
}

function changes(was, now) {
  const [start, end, fresh] = stretch(was, now);
  const old = was.slice(start, end);
  const more = putIn(old, fresh);
  if (more) return more.map(([place, letters]) => [start + place, start + place, letters]);
  const less = putIn(fresh, old);
  if (!less) return [[start, end, fresh]];
  let gone = start;
  return less.map(([place, letters]) => {
    const at = gone + place;
    gone += letters.length;
    return [at, at + letters.length, []];
  });
}

export function merged(wasText, mineText, theirsText) {
  if (mineText === wasText || mineText === theirsText) return theirsText;
  if (theirsText === wasText) return mineText;
  const was = Array.from(wasText);
  const putBefore = Array.from({ length: was.length + 1 }, () => []);
  const kept = was.map(() => true);
  for (const version of [mineText, theirsText]) {
    for (const [start, end, fresh] of changes(was, Array.from(version))) {
      putBefore[start].push(...fresh);
      kept.fill(false, start, end);
    }
  }
  return putBefore.flatMap((fresh, at) => (kept[at] ? [...fresh, was[at]] : fresh)).join("");
}

export default {
  template: `
    <div>
      <div v-if="said" class="said">
        <div class="said-hint">{{ hint }}</div>
        <div class="said-row">
          <div class="said-words">{{ said }}</div>
          <button type="button" class="said-open" :aria-expanded="unfolded" :title="'As a formula'"
            :aria-label="'As a formula: ' + label" @click="turn">{{ "{ }" }}</button>
        </div>
      </div>
      <q-input v-show="unfolded" ref="field" outlined dense v-model="text" :aria-label="label" :title="told || undefined"
        :label="said ? 'As a formula' : hint" :class="{ mono: formula }"
        :type="area ? 'textarea' : 'text'" :autogrow="area" :inputmode="numeric ? 'decimal' : undefined"
        :readonly="readonly" :error="!!fault" :error-message="fault" @focus="open = true"
        @update:model-value="typed">
      </q-input>
    </div>`,
  props: {
    id: String,
    value: String,
    revision: Number,
    place: String,
    label: String,
    hint: String,
    area: Boolean,
    numeric: Boolean,
    readonly: Boolean,
    formula: Boolean,
    // What a formula says: its text is then shown when it is asked for.
    said: String,
    // What the field is, in a sentence.
    told: String,
    fault: String,
    answer: Object,
  },
  emits: ["typed"],
  data() {
    return { text: this.value ?? "", open: false };
  },
  computed: {
    // A field in which somebody types is not folded away when what is typed gets a meaning.
    unfolded() {
      return !this.said || this.open || !!this.fault || this.text !== (this.value ?? "");
    },
  },
  created() {
    this.base = this.value ?? "";
    this.seen = this.revision;
    this.sent = null;
    this.later = null;
    // No two fields, nor one that is made anew, number what they send alike.
    this.own = Math.random().toString(36).slice(2);
    this.count = 0;
    this.serial = null;
  },
  mounted() {
    // The field's own event of leaving it comes later than the press of a button elsewhere.
    this.$el.addEventListener("focusout", () => this.send());
    const draft = this.draft();
    if (draft && draft.was === this.base && draft.text !== this.base) {
      this.text = draft.text;
      unsent.add(this.place);
      tell();
      this.soon();
    } else if (draft && draft.sent === false) {
      // None of it has come to the server, and others have changed the text meanwhile.
      this.text = draft.text;
      this.take(draft.was, this.base, this.seen);
    } else if (draft) {
      this.drop();
    }
  },
  beforeUnmount() {
    clearTimeout(this.timer);
    if (this.sent === null) this.send();
    clearTimeout(this.again);
    // The server takes what was sent; whoever has removed the field wanted its text gone.
    const place = this.place;
    unsent.delete(place);
    tell();
    const key = this.key();
    setTimeout(() => {
      if (!unsent.has(place) && window.socket?.connected) sessionStorage.removeItem(key);
    }, 3000);
  },
  watch: {
    value: "given",
    revision: "given",
    answer(told) {
      if (!told) return;
      if (told.saved) this.saved(told.serial, told.value, told.revision);
      else this.refused(told.serial);
    },
    place(now, before) {
      if (unsent.delete(before)) {
        sessionStorage.removeItem(`detente ${location.pathname} ${before}`);
        this.keep();
      }
    },
  },
  methods: {
    turn() {
      this.open = !this.open;
      if (this.open) this.$nextTick(() => this.$refs.field?.focus());
    },
    key() {
      return `detente ${location.pathname} ${this.place}`;
    },
    draft() {
      try {
        return JSON.parse(sessionStorage.getItem(this.key()));
      } catch {
        return null;
      }
    },
    keep() {
      unsent.add(this.place);
      try {
        const draft = { was: this.base, text: this.text, sent: this.sent !== null };
        sessionStorage.setItem(this.key(), JSON.stringify(draft));
      } catch {
        // A browser that keeps nothing; the field itself still does.
      }
      tell();
    },
    drop() {
      unsent.delete(this.place);
      sessionStorage.removeItem(this.key());
      tell();
    },
    typed() {
      this.keep();
      this.soon();
    },
    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), 250);
    },
    send() {
      clearTimeout(this.timer);
      if (this.sent !== null) return;
      if (this.text === this.base) {
        if (unsent.has(this.place)) this.drop();
        return;
      }
      this.count += 1;
      this.serial = `${this.own} ${this.count}`;
      this.sent = this.text;
      this.keep();
      this.out({ serial: this.serial, was: this.base, value: this.text });
    },
    out(told) {
      this.$emit("typed", told);
      this.again = setTimeout(() => this.out(told), AGAIN);
    },
    // The server has saved what was sent as `serial`; this is what now stands in the file.
    saved(serial, value, revision) {
      if (this.sent === null || serial !== this.serial) return;
      clearTimeout(this.again);
      const sent = this.sent;
      this.sent = null;
      if (this.later && this.later.revision > revision) ({ value, revision } = this.later);
      this.later = null;
      this.take(sent, value, revision);
    },
    // The server could not make the edit: the text stays, and is called not saved.
    refused(serial) {
      if (serial !== this.serial) return;
      clearTimeout(this.again);
      this.sent = null;
      this.keep();
    },
    given() {
      const [value, revision] = [this.value ?? "", this.revision];
      if (revision < this.seen) return;
      if (this.sent !== null) this.later = { value, revision };
      else this.take(this.base, value, revision);
    },
    take(was, value, revision) {
      this.seen = revision;
      const text = merged(was, this.text, value);
      this.base = value;
      if (text !== this.text) this.show(text);
      if (this.text === this.base) {
        if (unsent.has(this.place)) this.drop();
      } else {
        this.keep();
        this.soon();
      }
    },
    show(text) {
      const native = this.$refs.field?.nativeEl;
      const focused = native && document.activeElement === native;
      const [start, end] = focused ? [native.selectionStart, native.selectionEnd] : [0, 0];
      const before = this.text.slice(0, start);
      const after = this.text.slice(end);
      this.text = text;
      if (!focused) return;
      this.$nextTick(() => {
        if (text.startsWith(before)) native.setSelectionRange(start, start);
        else if (text.endsWith(after)) {
          native.setSelectionRange(text.length - after.length, text.length - after.length);
        }
      });
    },
  },
};

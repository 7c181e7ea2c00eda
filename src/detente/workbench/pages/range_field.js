// A slider of the browser's own: it is moved by mouse, finger and keys, and says what it stands at.
// It runs over a list of values, each with the words for it.

export default {
  template: `
    <div class="range">
      <label class="range-label" :for="own">{{ label }}</label>
      <span class="range-value" aria-hidden="true">{{ texts[at] }}</span>
      <input type="range" class="range-input" :id="own" min="0" :max="texts.length - 1" step="1"
        v-model.number="at" :aria-valuetext="texts[at]" @input="$emit('moved', at)">
    </div>`,
  props: { label: String, texts: Array, place: Number, serial: Number },
  emits: ["moved"],
  data() {
    return { at: this.place };
  },
  created() {
    this.own = `range-${(window.detenteRanges = (window.detenteRanges ?? 0) + 1)}`;
  },
  watch: {
    // The server puts it back; what a person moves meanwhile is not taken from them otherwise.
    serial() {
      this.at = this.place;
    },
  },
};

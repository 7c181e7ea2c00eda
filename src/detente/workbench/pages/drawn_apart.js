// A part of a page that is drawn anew only when something in it has changed. Otherwise the page library
// draws the whole page anew with every change anywhere on it, and each part of Quasar's twice.
import { computed, getCurrentInstance, h, withMemo } from "vue";

export default {
  inheritAttrs: false,
  props: { tag: String, part: Number },
  setup({ tag, part }, { attrs, slots }) {
    const page = getCurrentInstance().root.proxy;
    const drawn = [];
    // Worked out anew when a part that it shows has changed, or the list of these parts.
    const inside = computed(() => {
      void page.elements[part];
      return slots.default?.();
    });
    return () => {
      const own = Object.entries(attrs).flat();
      return withMemo([inside.value, ...own], () => h(tag, { ...attrs }, inside.value), drawn, 0);
    };
  },
};

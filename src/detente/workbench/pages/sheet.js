// A table as a whole: a large one is drawn here at once, instead of cell by cell by the server. Texts are
// only ever shown as texts.

export default {
  template: `
    <table>
      <caption v-if="caption" :class="unseen ? 'unseen' : ''">{{ caption }}</caption>
      <component v-for="(part, p) in parts" :key="p" :is="part.head ? 'thead' : 'tbody'">
        <tr v-for="(row, r) in part.rows" :key="r" :class="row.mark">
          <component v-for="(one, c) in row.cells" :key="c" :is="one.scope ? 'th' : 'td'" :scope="one.scope"
            :colspan="one.span" :class="one.mark" :data-equilibria="one.equilibria">
            <q-btn v-if="one.act !== undefined" dense flat no-caps :label="one.text" :class="one.pressed"
              :aria-label="one.label" :title="one.title" @click="$emit('pressed', one.act)"></q-btn>
            <a v-else-if="one.href" :href="before + one.href" :class="one.help ? 'term' : ''"
              :data-help="one.help" :aria-label="one.label">{{ one.text }}</a>
            <template v-else>{{ one.text ?? one }}</template>
          </component>
        </tr>
      </component>
    </table>`,
  props: { caption: String, unseen: Boolean, parts: Array },
  emits: ["pressed"],
  data() {
    return { before: window.path_prefix ?? "" };
  },
  mounted() {
    // Where a proxy shows the server is known only when the page is there.
    setTimeout(() => (this.before = window.path_prefix ?? ""));
  },
};

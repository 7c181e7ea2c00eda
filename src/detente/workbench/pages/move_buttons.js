// Moves that can be taken, each with its button: a long list is drawn here at once.

export default {
  template: `
    <div class="long-list">
      <div v-for="(one, place) in moves" :key="place" class="move row items-center no-wrap w-full">
        <div class="gain up">{{ one.better ? "▲" : "" }}</div>
        <div class="grow">{{ one.text }}</div>
        <q-btn icon="arrow_forward" flat round dense color="primary" :aria-label="one.label"
          @click="$emit('taken', place)"></q-btn>
      </div>
    </div>`,
  props: { moves: Array },
  emits: ["taken"],
};

// Whether all that was typed is saved, as far as this browser knows: the server cannot tell when it
// is gone.
export default {
  template: `<span role="status" :class="good ? 'saved' : 'unsaved'" :title="why">{{ words }}</span>`,
  props: { saved: Boolean, why: String },
  data() {
    return { waiting: 0, connected: true };
  },
  mounted() {
    this.look = () => {
      this.waiting = window.detenteUnsent?.size ?? 0;
      this.connected = window.socket ? window.socket.connected : true;
    };
    window.addEventListener("detente-unsent", this.look);
    this.timer = setInterval(this.look, 300);
    this.look();
  },
  beforeUnmount() {
    window.removeEventListener("detente-unsent", this.look);
    clearInterval(this.timer);
  },
  computed: {
    good() {
      return this.saved && this.connected;
    },
    words() {
      if (!this.connected) return this.waiting ? "Not saved: no connection" : "No connection";
      if (!this.saved) return "Not saved";
      return this.waiting ? "Saving …" : "Saved";
    },
  },
};

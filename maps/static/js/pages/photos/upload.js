// Photos that follow the orders that they belong to, once the server has taken these.
import { upload } from "../net.js";
import { worthAnotherTry } from "../offline-queue.js";

/** Photos that wait for the server to take their orders, by the orders' keys; kept in memory only. */
export class PhotoUpload {
  /** `refused` is told why a photo never will arrive. */
  constructor(refused) {
    this.refused = refused;
    this.held = new Map();
    this.ready = [];
    addEventListener("beforeunload", (event) => {
      if (this.waits) event.preventDefault();
    });
  }

  get waits() {
    return this.held.size + this.ready.length > 0;
  }

  hold(key, photo) {
    if (photo) this.held.set(key, photo);
  }

  /** An order was taken, and its photo goes to this address; or was refused, and no photo of it is needed. */
  settle(key, path = "") {
    const photo = this.held.get(key);
    if (photo && path) this.ready.push({ path, photo });
    this.held.delete(key);
  }

  /** Send what is ready, in turn; an error says that nobody answers. */
  async flush() {
    while (this.ready.length > 0) {
      const [{ path, photo }] = this.ready;
      try {
        await upload(path, photo);
      } catch (error) {
        if (worthAnotherTry(error)) throw error;
        this.refused(error);
      }
      this.ready.shift();
    }
  }
}

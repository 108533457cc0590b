// A value that parts of the page follow.

export class Store {
  constructor(value) {
    this.value = value;
    this.followers = new Set();
  }

  /** Replace some fields and tell everybody which. */
  set(changes) {
    this.value = { ...this.value, ...changes };
    for (const follower of [...this.followers]) follower(this.value, changes);
  }

  /** Call back after each change; returns a function that stops it. */
  follow(follower) {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

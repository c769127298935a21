/** The frames that one event of the upstream becomes: mostly none or one, so that nothing need be copied together. */
export class Frames {
  #frames: Buffer[] = []

  add(frame: Buffer): void {
    this.#frames.push(frame)
  }

  /** All since the last time, as one. */
  take(): Buffer {
    const [only, ...more] = this.#frames
    if (only === undefined) return NOTHING
    this.#frames = []
    return more.length === 0 ? only : Buffer.concat([only, ...more])
  }
}

const NOTHING = Buffer.alloc(0)

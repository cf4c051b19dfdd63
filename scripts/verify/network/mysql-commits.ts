const HEADER = 4;

/**
 * A COM_QUERY whose whole text is `commit`: as it always was, and as a client sends it that could
 * attach attributes to a query and has none (MySQL 8.0.23 and later).
 */
const COMMITS = new Set(['\x03commit', '\x03\x00\x01commit']);
const LONGEST = Math.max(...[...COMMITS].map(({ length }) => length));

/**
 * Follows what one client says in MySQL's protocol, neither encrypted nor compressed: packets of three
 * bytes for the length of the payload, the lowest first, one for the number of the packet, and the payload.
 */
export class MysqlCommits {
  /** Of the packet under way: the header and as much of the payload as a COMMIT has. */
  readonly #head = Buffer.alloc(HEADER + LONGEST);
  /** Bytes of the packet under way, header included. */
  #seen = 0;

  /**
   * Whether a COMMIT ends in this chunk. It must be told every chunk from the first, in order; packets
   * may share chunks and span them.
   */
  endIn(chunk: Buffer): boolean {
    let found = false;
    for (let at = 0; at < chunk.length; ) {
      const end = Math.min(at + this.#missing, chunk.length);
      chunk.copy(this.#head, this.#seen, at, end);
      this.#seen += end - at;
      at = end;
      if (this.#missing > 0) continue;
      found ||= this.#isCommit();
      this.#seen = 0;
    }
    return found;
  }

  get #length(): number {
    return this.#head.readUIntLE(0, 3);
  }

  /** Bytes to the end of the header, then to the end of the packet. */
  get #missing(): number {
    return HEADER + (this.#seen < HEADER ? 0 : this.#length) - this.#seen;
  }

  /** A command is packet number 0; the rest of a long one and the answers while signing in are not. */
  #isCommit(): boolean {
    if (this.#length > LONGEST || this.#head[3] !== 0) return false;
    const payload = this.#head.toString('latin1', HEADER, HEADER + this.#length);
    return COMMITS.has(payload.toLowerCase());
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

export interface Answer {
  status: number;
  /** By lower-case name; of several the last. */
  headers: ReadonlyMap<string, string>;
  body: string;
  /** All that was received of it, as Latin-1. */
  text: string;
}

/** The answers that a connection carries, out of its bytes. */
export class AnswerReader {
  readonly answers: Answer[] = [];
  /** Whether the server ends the connection with what it has answered, or must, because more came than was asked for. */
  isLast = false;
  readonly #isHead: boolean;
  #received = NOTHING;

  constructor(method: string) {
    this.#isHead = method === 'HEAD';
  }

  receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#readOne(false));
  }

  /** The connection has ended, and with it a body of unknown length. */
  end(): void {
    while (this.#readOne(true));
  }

  #readOne(isEnded: boolean): boolean {
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return false;
    const [first = '', ...lines] = this.#received.toString('latin1', 0, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
    const headers = new Map(lines.map(field));
    const hasBody = !(this.#isHead || status < 200 || status === 204 || status === 304);
    const start = headEnd + 4;
    const body = hasBody ? this.#bodyAt(start, headers, isEnded) : { bytes: NOTHING, end: start };
    if (!body) return false;
    if (headers.get('connection')?.toLowerCase() === 'close') this.isLast = true;
    if (status !== 100) {
      const text = this.#received.toString('latin1', 0, start) + body.bytes.toString('latin1');
      this.answers.push({ status, headers, body: body.bytes.toString('utf8'), text });
    }
    this.#received = this.#received.subarray(body.end);
    return this.#received.length > 0;
  }

  #bodyAt(start: number, headers: ReadonlyMap<string, string>, isEnded: boolean) {
    const length = headers.get('content-length');
    if (length !== undefined) {
      const end = start + Number(length);
      return this.#received.length < end
        ? undefined
        : { bytes: this.#received.subarray(start, end), end };
    }
    if (headers.get('transfer-encoding') === 'chunked') return this.#chunksAt(start);
    this.isLast = true;
    const end = this.#received.length;
    return isEnded ? { bytes: this.#received.subarray(start), end } : undefined;
  }

  #chunksAt(start: number) {
    const chunks: Buffer[] = [];
    for (let at = start; ; ) {
      const lineEnd = this.#received.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const size = Number.parseInt(this.#received.toString('latin1', at, lineEnd), 16);
      const end = lineEnd + 2 + size;
      if (this.#received.length < end + 2) return undefined;
      if (size === 0) return { bytes: Buffer.concat(chunks), end: end + 2 };
      chunks.push(this.#received.subarray(lineEnd + 2, end));
      at = end + 2;
    }
  }
}

function field(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

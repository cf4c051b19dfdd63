import { checksum } from '../notifications/checksum.ts';
import type { ServerFrame } from '../notifications/frames.ts';

/** Of the frames that came, as the server counts those that it sent; see HeartbeatFrame. */
export class FrameSum {
  #sum = 0;

  get value(): number {
    return this.#sum;
  }

  take(text: string, frame: ServerFrame | undefined): void {
    if (!frame || frame.event === 'heartbeat') return;
    this.#sum = frame.event === 'ready' ? 0 : (this.#sum + checksum(text)) >>> 0;
  }

  /** Whether none was lost on the way. Goes on from the server's sum in any case. */
  agrees(sum = this.#sum): boolean {
    const isEqual = sum === this.#sum;
    this.#sum = sum;
    return isEqual;
  }
}

/** Undefined for noise and for answers to commands. */
export const parseFrame = (text: string): ServerFrame | undefined => {
  try {
    const frame = JSON.parse(text);
    return typeof frame?.event === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
};

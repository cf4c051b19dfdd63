/** Milliseconds without a beat after which a process is dead, perhaps between a commit and its announcement. */
const PEER_TIMEOUT = 4_000;
/** Milliseconds for which its number is kept all the same: whoever was only stopped counts on from there. */
const FORGOTTEN_AFTER = 600_000;

/**
 * The other processes, known by their beats. Each numbers its own from 1, so that one who hears
 * them knows when some were missed, and with them perhaps notices: lost without an error, or given
 * to a former master that had not heard of its end.
 */
export function keepPeers() {
  const peers = new Map<string, { beat: number; heardAt: number; isMissed: boolean }>();

  return {
    /** Whether something was missed: this beat is not the one after the last that was heard of this process. */
    missesBefore(process: string, beat: number): boolean {
      const last = peers.get(process)?.beat ?? 0;
      // A smaller one was under way on a connection that has been given up since.
      peers.set(process, {
        beat: Math.max(beat, last),
        heardAt: performance.now(),
        isMissed: false,
      });
      return beat > last + 1;
    },

    /** It said goodbye. */
    remove(process: string): void {
      peers.delete(process);
    },

    /** How many have fallen silent since the last call: each is taken for dead. */
    missSilent(): number {
      let missed = 0;
      for (const [process, peer] of peers) {
        const silence = performance.now() - peer.heardAt;
        if (silence > FORGOTTEN_AFTER) peers.delete(process);
        if (silence <= PEER_TIMEOUT || peer.isMissed) continue;
        peer.isMissed = true;
        missed += 1;
      }
      return missed;
    },

    /** Until now nobody could be heard. */
    excuseSilence(): void {
      for (const peer of peers.values()) peer.heardAt = performance.now();
    },
  };
}

/** Milliseconds without a beat after which a process is dead, perhaps between a commit and its announcement. */
const PEER_TIMEOUT = 4_000;

/**
 * The other processes, known by their beats. Each numbers its own from 1, so that one who hears
 * them knows when some were missed, and with them perhaps notices: lost without an error, or given
 * to a former master that had not heard of its end.
 */
export function keepPeers() {
  const peers = new Map<string, { beat: number; heardAt: number }>();

  return {
    /** Whether nothing was missed: this beat is the one after the last that was heard of this process. */
    hear(process: string, beat: number): boolean {
      const last = peers.get(process)?.beat ?? 0;
      // A smaller one was under way on a connection that has been given up since.
      peers.set(process, { beat: Math.max(beat, last), heardAt: Date.now() });
      return beat <= last + 1;
    },

    /** It said goodbye. */
    remove(process: string): void {
      peers.delete(process);
    },

    /** Takes those that have fallen silent for dead; how many those are. */
    removeSilent(): number {
      const silent = [...peers].filter(([, { heardAt }]) => Date.now() - heardAt > PEER_TIMEOUT);
      for (const [process] of silent) peers.delete(process);
      return silent.length;
    },

    /** Until now nobody could be heard. */
    excuseSilence(): void {
      for (const peer of peers.values()) peer.heardAt = Date.now();
    },
  };
}

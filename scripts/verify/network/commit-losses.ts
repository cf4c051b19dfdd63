/** One COMMIT that is to be lost, or whose answer is. */
export interface CommitLoss {
  part: 'commit' | 'answer';
  /** It is lost now. False when that was called off meanwhile: then it must pass. */
  take(): boolean;
  /** The connection broke before there was anything to lose. */
  giveBack(): void;
}

interface Order {
  part: CommitLoss['part'];
  /** Still to be given to a COMMIT. */
  left: number;
  lost: number;
  count: number;
  resolve: (lost: number) => void;
}

/** How many COMMITs, or answers to them, are still to be lost, first ordered first served. */
export class CommitLosses {
  readonly #orders = new Set<Order>();

  /** Resolves to the number that were lost: `count`, or fewer when it is called off before. */
  order(part: CommitLoss['part'], count: number): Promise<number> {
    if (count < 1) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#orders.add({ part, left: count, lost: 0, count, resolve });
    });
  }

  /** For a COMMIT that is on its way. Undefined when it and its answer may pass. */
  next(): CommitLoss | undefined {
    const order = [...this.#orders].find(({ left }) => left > 0);
    if (!order) return undefined;
    order.left -= 1;
    return {
      part: order.part,
      take: () => this.#take(order),
      giveBack: () => {
        order.left += 1;
      },
    };
  }

  callOff(): void {
    for (const order of this.#orders) this.#end(order);
  }

  #take(order: Order): boolean {
    if (!this.#orders.has(order)) return false;
    order.lost += 1;
    if (order.lost === order.count) this.#end(order);
    return true;
  }

  #end(order: Order): void {
    this.#orders.delete(order);
    order.resolve(order.lost);
  }
}

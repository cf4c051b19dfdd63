/** Buttons that a step up or down may pass: more than there are in two rows. */
const FAR = 40;

/** Moves the focus by the arrow keys among `all`, which stand in rows. Returns false at the edge or for another key. */
export function moveInGrid(key: string, all: readonly HTMLElement[]): boolean {
  const index = all.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: all.length - 1 }[key];
  const target = next === undefined ? inNextRow(key, all, index) : all[next];
  target?.focus();
  return target !== undefined;
}

/** The nearest in the row above or below, which may be of another group. */
function inNextRow(
  key: string,
  all: readonly HTMLElement[],
  index: number,
): HTMLElement | undefined {
  const from = all[index]?.getBoundingClientRect();
  if (!from || (key !== 'ArrowUp' && key !== 'ArrowDown')) return undefined;
  const near =
    key === 'ArrowUp'
      ? all.slice(Math.max(0, index - FAR), index).reverse()
      : all.slice(index + 1, index + 1 + FAR);
  const placed = near.map((element) => ({ element, place: element.getBoundingClientRect() }));
  const top = placed.find(({ place }) => place.top !== from.top)?.place.top;
  const row = placed.filter(({ place }) => place.top === top);
  const away = (place: DOMRect): number => Math.abs(place.left - from.left);
  return row.sort((a, b) => away(a.place) - away(b.place))[0]?.element;
}

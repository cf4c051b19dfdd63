import { text } from '../text/text.ts';
import { Empty } from './empty.tsx';
import type { PagedList } from './paged-list.ts';
import { WhenNear } from './when-near.tsx';

interface ListEndProps<T> {
  list: PagedList<T>;
  /** What is said when nothing is found. */
  nothing: string;
}

/** Where a list ends for now: in more that is fetched, in nothing, or in a failure. */
export const ListEnd = <T,>({ list, nothing }: ListEndProps<T>) => {
  const state = list.state.value;
  const count = list.items.value.length;
  if (state === 'failed')
    return (
      <Empty title={text.value.listFailed}>
        <button type="button" class="button" onClick={() => void list.again()}>
          {text.value.retry}
        </button>
      </Empty>
    );
  if (count === 0) return state === 'idle' ? <Empty title={nothing} /> : null;
  return list.hasMore ? <WhenNear after={count} onNear={() => void list.more()} /> : null;
};

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';
import type { Fetched } from './fetched.ts';
import { isNotFound } from './is-not-found.ts';
import { Scrolled } from './scrolled.tsx';

interface FetchedBodyProps<T> {
  label: string;
  of: Fetched<T>;
  children: (value: T) => ComponentChildren;
}

/** A view of one thing that is fetched: it, or why it is not there. */
export const FetchedBody = <T,>({ label, of, children }: FetchedBodyProps<T>) => {
  useEffect(() => void of.again(), [of]);
  const problem = of.problem.value;
  const value = of.value.value;
  return (
    <Scrolled label={label} isBusy={of.isBusy.value}>
      {isNotFound(problem) ? (
        <Empty title={text.value.nothingHere} />
      ) : (
        <>
          {value !== undefined && children(value)}
          {problem !== undefined && (
            <Empty title={problemText(problem)}>
              <button type="button" class="button" onClick={() => void of.again()}>
                {text.value.retry}
              </button>
            </Empty>
          )}
        </>
      )}
    </Scrolled>
  );
};

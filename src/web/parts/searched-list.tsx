import './items.css';
import './searched-list.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SearchIcon } from './icons.tsx';
import { ListEnd } from './list-end.tsx';
import type { PagedList } from './paged-list.ts';
import { useFirstFocus } from './use-first-focus.ts';

/** Milliseconds after the last key, before a search. */
const PAUSE = 200;

interface SearchedListProps<T> {
  list: PagedList<T>;
  label: string;
  /** What is said when nothing is found. */
  nothing: string;
  keyOf: (item: T) => string;
  /** Where the words are kept that are searched for, if they are to last longer than the view. */
  kept?: KeptWords;
  children: (item: T) => ComponentChildren;
}

interface KeptWords {
  words: string;
  keep: (words: string) => void;
}

export const SearchedList = <T,>({
  list,
  label,
  nothing,
  keyOf,
  kept,
  children,
}: SearchedListProps<T>) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const [own, setOwn] = useState('');
  const { words, keep } = kept ?? { words: own, keep: setOwn };
  useFirstFocus(input);
  useLayoutEffect(() => {
    // Others than were typed, by the way back in the history.
    if (input.current && input.current.value.trim() !== words) input.current.value = words;
    void list.search(words);
  }, [list, words]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (typed: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => keep(typed.trim()), PAUSE);
  };
  const items = list.items.value;
  return (
    <div class="view-body searched" data-scrolls>
      <search class="searched-field">
        <SearchIcon />
        <input
          ref={input}
          type="search"
          class="input"
          aria-label={label}
          placeholder={label}
          dir="auto"
          autocomplete="off"
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
      </search>
      <ul class="items" aria-busy={list.state.value === 'loading'}>
        {items.map((item) => (
          <li key={keyOf(item)} class="item">
            {children(item)}
          </li>
        ))}
      </ul>
      <ListEnd list={list} nothing={nothing} />
    </div>
  );
};

import './items.css';
import './searched-list.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
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
  children: (item: T) => ComponentChildren;
}

export const SearchedList = <T,>({
  list,
  label,
  nothing,
  keyOf,
  children,
}: SearchedListProps<T>) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useFirstFocus(input);
  useEffect(() => void list.search(''), [list]);
  const search = (words: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void list.search(words.trim()), PAUSE);
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

import './emoji-picker.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { useFirstFocus } from '../parts/use-first-focus.ts';
import { type Language, language, text } from '../text/text.ts';
import { type Emoji, type EmojiGroup, findEmoji, loadEmoji } from './emoji-list.ts';
import { moveInGrid } from './move-in-grid.ts';
import { recentEmoji } from './recent-emoji.ts';

interface PickerProps {
  onPick: (emoji: string) => void;
}

/** All emoji, by group or as they are found by their names. */
export const EmojiPicker = ({ onPick }: PickerProps) => {
  const { groups, hasFailed, load } = useEmoji(language.value);
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useFirstFocus(input);
  const t = text.value;
  const shown = shownOf(groups, search.trim());
  const onKey = (event: KeyboardEvent): void => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('.emoji') ?? [])];
    const isTyping = event.target === input.current;
    if (isTyping && event.key === 'ArrowDown') all[0]?.focus();
    else if (isTyping) return;
    else if (!moveInGrid(event.key, all)) {
      if (event.key === 'ArrowUp') input.current?.focus();
      return;
    }
    event.preventDefault();
  };
  return (
    <search class="emoji-picker" onKeyDown={onKey}>
      <input
        ref={input}
        type="search"
        class="input"
        aria-label={t.searchEmoji}
        placeholder={t.searchEmoji}
        autocomplete="off"
        dir="auto"
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {search === '' && <GroupLinks groups={shown} list={list} />}
      <div class="emoji-list" ref={list} aria-busy={!groups && !hasFailed}>
        {shown.map((group, index) => (
          <Group key={group.name} group={group} hasEntry={index === 0} onPick={onPick} />
        ))}
        {groups && shown.length === 0 && <Empty title={t.noEmoji} />}
        {hasFailed && (
          <Empty title={t.problem}>
            <button type="button" class="button" onClick={load}>
              {t.retry}
            </button>
          </Empty>
        )}
      </div>
    </search>
  );
};

function useEmoji(spoken: Language) {
  const [groups, setGroups] = useState<EmojiGroup[] | undefined>();
  const [hasFailed, setFailed] = useState(false);
  const load = (): void => {
    setFailed(false);
    loadEmoji(spoken).then(setGroups, () => setFailed(true));
  };
  useEffect(load, [spoken]);
  return { groups, hasFailed, load };
}

/** Recent ones first, or what is found. */
function shownOf(groups: readonly EmojiGroup[] | undefined, search: string): EmojiGroup[] {
  if (!groups) return [];
  if (search) {
    const found = findEmoji(groups, search);
    return found.length > 0 ? [{ name: text.value.foundEmoji, emoji: found }] : [];
  }
  const byEmoji = new Map(groups.flatMap(({ emoji }) => emoji.map((one) => [one.emoji, one])));
  const recent = recentEmoji().flatMap((emoji) => byEmoji.get(emoji) ?? []);
  return recent.length > 0
    ? [{ name: text.value.recentEmoji, emoji: recent }, ...groups]
    : [...groups];
}

interface LinksProps {
  groups: readonly EmojiGroup[];
  list: { current: HTMLElement | null };
}

const GroupLinks = ({ groups, list }: LinksProps) => (
  <div class="emoji-links">
    {groups.map(({ name, emoji: [first] }, index) => (
      <button
        key={name}
        type="button"
        class="action"
        title={name}
        aria-label={name}
        onClick={() => list.current?.children[index]?.scrollIntoView({ block: 'start' })}
      >
        {first?.emoji}
      </button>
    ))}
  </div>
);

interface GroupProps extends PickerProps {
  group: EmojiGroup;
  /** Whether the tab key comes to its first one. */
  hasEntry: boolean;
}

const Group = ({ group: { name, emoji }, hasEntry, onPick }: GroupProps) => (
  <section class="emoji-group" aria-label={name}>
    <h3>{name}</h3>
    <div class="emoji-grid">
      {emoji.map((one, index) => (
        <EmojiButton
          key={one.emoji}
          emoji={one}
          isEntry={hasEntry && index === 0}
          onPick={onPick}
        />
      ))}
    </div>
  </section>
);

interface ButtonProps extends PickerProps {
  emoji: Emoji;
  isEntry: boolean;
}

const EmojiButton = ({ emoji: { emoji, name }, isEntry, onPick }: ButtonProps) => (
  <button
    type="button"
    class="emoji"
    title={name}
    aria-label={name}
    tabIndex={isEntry ? 0 : -1}
    onClick={() => onPick(emoji)}
  >
    {emoji}
  </button>
);

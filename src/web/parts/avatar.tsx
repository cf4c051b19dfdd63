import './avatar.css';
import { initialsOf } from '../../client/index.ts';
import { text } from '../text/text.ts';
import { RoomIcon } from './icons.tsx';

const HUES = 8;

/** The same for the same name, wherever it is shown. */
const hueOf = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7) % HUES;

interface AvatarProps {
  /** What the colour goes by. */
  name: string;
  /** What the letters are of. */
  shownName: string;
  isOnline?: boolean;
  isRoom?: boolean;
}

/** Beside a name that is written out, so that it says nothing but who is online. */
export const Avatar = ({ name, shownName, isOnline = false, isRoom = false }: AvatarProps) => (
  <span class="avatar" data-hue={hueOf(name)}>
    <span aria-hidden="true">{isRoom ? <RoomIcon /> : initialsOf(shownName)}</span>
    {isOnline && (
      <span class="avatar-online">
        <span class="visually-hidden">{text.value.online}</span>
      </span>
    )}
  </span>
);

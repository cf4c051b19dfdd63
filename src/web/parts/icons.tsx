import type { ComponentChildren } from 'preact';

/** Drawn on a field of 24 by 24, in the colour of the text. Names are given to what holds them. */
const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

const drawn = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const BackIcon = drawn('M15 5l-7 7 7 7');
export const BlockIcon = drawn('M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12');
export const CheckIcon = drawn('M5 12.5l4.5 4.5L19 7.5');
export const ChecksIcon = drawn('M2 12.5l4.5 4.5L15.5 8M11.5 16l1 1L22 7.5');
export const ClockIcon = drawn('M12 7.5V12l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z');
export const CloseIcon = drawn('M6 6l12 12M18 6L6 18');
export const DownIcon = drawn('M12 5v14M6 13l6 6 6-6');
export const EditIcon = drawn('M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19l-4 1zM14.5 6.5l3 3');
export const EyeIcon = drawn(
  'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
);
export const LeaveIcon = drawn('M10 4H5v16h5M15 8l4 4-4 4M19 12H9');
export const LockIcon = drawn('M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3');
export const NextIcon = drawn('M9 5l7 7-7 7');
export const PeopleIcon = drawn(
  'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5.300a3.5 3.5 0 0 1 0 6.400M18 14.200a6.5 6.5 0 0 1 3.5 5.800',
);
export const PlusIcon = drawn('M12 5v14M5 12h14');
export const ReplyIcon = drawn('M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 7');
export const RetryIcon = drawn('M4.5 12a7.5 7.5 0 1 0 2.5-5.600M4 4l1 5 5-1');
export const RoomIcon = drawn('M9.5 4L7 20M17 4l-2.5 16M4.5 9.5h16M3.5 14.5h16');
export const SearchIcon = drawn('M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM16 16l4.5 4.5');
export const SmileIcon = drawn(
  'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14a4 4 0 0 0 7 0M9 9.5v.1M15 9.5v.1',
);
export const SendIcon = drawn('M4 12l16-8-5.5 16-3-7zM11.5 13L20 4');
export const SettingsIcon = drawn(
  'M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
);
export const ShieldIcon = drawn(
  'M12 3.5l7 2.5v5.5c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6zM9 12l2.500 2.500 4-4.500',
);
export const TrashIcon = drawn('M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5');
export const WarningIcon = drawn('M12 4L2.5 20h19L12 4zM12 10v4.5M12 17.200v.1');

export const BellIcon = drawn(
  'M12 4a5.5 5.5 0 0 0-5.5 5.5c0 5.5-2.5 7-2.5 7h16s-2.5-1.5-2.5-7A5.5 5.5 0 0 0 12 4zM10 19.5a2.200 2.200 0 0 0 4 0',
);

import './items.css';

interface ItemWordsProps {
  title: string;
  about: string;
}

/** What is said of one thing in a list. */
export const ItemWords = ({ title, about }: ItemWordsProps) => (
  <span class="item-words">
    <span class="item-title">
      <bdi>{title}</bdi>
    </span>
    <span class="item-about">{about}</span>
  </span>
);

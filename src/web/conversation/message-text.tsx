import { splitLinks } from './links.ts';

/** What was written, as text and nothing else, save that addresses can be followed. */
export const MessageText = ({ body }: { body: string }) => (
  <p class="message-text" dir="auto">
    {splitLinks(body).map(({ text, href }, index) =>
      href ? (
        <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">
          {text}
        </a>
      ) : (
        text
      ),
    )}
  </p>
);

// XML escape for SVG text and attributes. Control characters, which XML forbids, are dropped.

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Nearly every text has nothing to escape, and every screen has dozens of texts. */
const SUSPECT = /[&<>"'\p{Cc}\p{Cs}\ufffe\uffff]/u;

export const escapeXml = (text: string): string =>
  !SUSPECT.test(text)
    ? text
    : [...text]
        .filter((char) => {
          const code = char.codePointAt(0) ?? 0;
          return code >= 0x20 && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff && code !== 0x7f;
        })
        .map((char) => ENTITIES[char] ?? char)
        .join('');

// How the names of invented people are read. A card has no reading (券面 and 基本4情報 carry none); the registry of the insured does.

const FAMILY: Readonly<Record<string, string>> = {
  佐藤: 'サトウ', 鈴木: 'スズキ', 田中: 'タナカ', 山本: 'ヤマモト', 中村: 'ナカムラ', 伊藤: 'イトウ', 小林: 'コバヤシ', 渡辺: 'ワタナベ',
}; // biome-ignore format: one list
const GIVEN: Readonly<Record<string, string>> = {
  遥: 'ハルカ', 健二: 'ケンジ', 結衣: 'ユイ', 茂: 'シゲル', フミ: 'フミ', 颯太: 'ソウタ', 直美: 'ナオミ', 大地: 'ダイチ',
}; // biome-ignore format: one list

/** 「佐藤　遥」 as 「サトウ　ハルカ」; undefined where the registry does not know both parts. */
export const readingOf = (name: string): string | undefined => {
  const [family = '', given = ''] = name.split(/\s+/u);
  const [first, second] = [FAMILY[family], GIVEN[given]];
  return first === undefined || second === undefined ? undefined : `${first}　${second}`;
};

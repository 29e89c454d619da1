import type { Dice } from './population-random.ts';

const SURNAMES: readonly string[] = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹', '欧阳', '司马', '上官'];
const GIVEN: readonly string[] = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍飞鹏红波辉宇婷浩凯欣怡梓涵子轩雨晨思远嘉',
];

const FIRST: readonly string[] = [
  'Ana',
  'Björn',
  'Chloé',
  'Dana',
  'Emeka',
  'Fátima',
  'Ivan',
  'José',
  'Lena',
  'Noor',
  'Priya',
  'Zoë',
];
const LAST: readonly string[] = [
  'Åkesson',
  'da Silva',
  'García',
  'Haddad',
  'Ivanova',
  'Müller',
  'O’Brien',
  'Okafor',
  'Rao',
  'Smith-Jones',
];

/** Of 1000 people, so many have a Chinese name; the others have a Latin one. */
const CHINESE = 850;

/** A name, in Chinese (surname first, no space) or in Latin letters with their accents. Not unique. */
export const syntheticName = (dice: Dice): string => {
  if (!dice.chance(CHINESE)) return `${dice.pick(FIRST)} ${dice.pick(LAST)}`;
  const surname = dice.pick(SURNAMES);
  const first = dice.pick(GIVEN);
  return surname + first + (dice.chance(700) ? dice.pick(GIVEN) : '');
};

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Follows every relative link of the written pages, to a file and to a place in it. TypeDoc checks its own; those of READMEs and anchors are checked here. */
export const brokenLinks = async (folder: string): Promise<{ readonly pages: number; readonly broken: readonly string[] }> => {
  const files = new Set(await readdir(folder, { recursive: true }));
  const links: (readonly [page: string, link: string])[] = [];
  const ids = new Map<string, ReadonlySet<string>>();
  for (const page of files) {
    if (!page.endsWith('.html')) continue;
    const html = await readFile(join(folder, page), 'utf8');
    ids.set(page, new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id!)));
    for (const [, link] of html.matchAll(/ href="([^"]+)"/g)) if (!/^[a-z]+:/.test(link!)) links.push([page, link!]);
  }
  const broken = new Set<string>();
  for (const [page, link] of links) {
    const { pathname, hash } = new URL(link, `file:///${page}`);
    const target = decodeURIComponent(pathname).slice(1);
    const place = decodeURIComponent(hash).slice(1);
    const there = files.has(target) && (place === '' || !ids.has(target) || ids.get(target)!.has(place));
    if (!there) broken.add(`${page} links to ${link}, which is not there`);
  }
  return { pages: ids.size, broken: [...broken] };
};

import { DARK_RULES, SERIES_RULES } from '../plots/colours.ts';

/** The console's style sheet: light or dark as the reader's system is, one column on a phone. Contrasts are at least 4.5 to 1. */
export const STYLE: string = `:root{color-scheme:light dark;--paper:#f6f8fa;--card:#fff;--ink:#24292f;--quiet:#57606a;--line:#d8dee4;--head:#f4f6f8;--accent:#0060a8;--bad:#b33a00;--good:#00694e}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--card:#151b23;--ink:#e6edf3;--quiet:#9aa4af;--line:#30363d;--head:#1c232c;--accent:#6cb6ff;--bad:#ff9a5c;--good:#3fd0a0}${DARK_RULES}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;color:var(--ink);background:var(--paper);max-width:76rem;margin:0 auto;padding:0 1rem 2rem}
h1{font-size:1.6rem;line-height:1.2;margin:1.4rem 0 .4rem;overflow-wrap:anywhere}h1 span{font-weight:400;color:var(--quiet);font-size:1.1rem}
h2{font-size:1.2rem;margin:0 0 .8rem}
a{color:var(--accent)}nav a{display:inline-block;padding:.2rem .7rem .2rem 0}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.4rem .8rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}main:focus{outline:none}
.refresh{margin:.3rem 0 1rem;color:var(--quiet)}.refresh label{margin-left:.7rem}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1.1rem 1.2rem;margin:1rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
.tile dt{color:var(--quiet);font-size:.9rem}.tile dd{margin:0}.tile strong{display:block;font-size:1.35rem;line-height:1.25}
.tile span{color:var(--quiet);font-size:.85rem}.tile.bad{border-color:var(--bad)}.tile.bad strong{color:var(--bad)}
.beside{display:grid;grid-template-columns:minmax(0,22rem) minmax(0,1fr);gap:1.6rem;align-items:start}.beside+.beside{margin-top:1.4rem}
figure{margin:0 0 1rem}figure svg{display:block;max-width:100%;height:auto}figcaption{color:var(--quiet);font-size:.88rem;margin-top:.3rem}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--quiet);padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;white-space:nowrap;padding:.35rem .7rem .35rem .4rem;border-bottom:1px solid var(--line)}
thead th{background:var(--head);font-weight:600;vertical-align:bottom}tbody th{font-weight:500}.n{text-align:right}.words{display:block;white-space:normal;min-width:13rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:0 0 .4rem;padding:0;font-size:.88rem}.legend li::before{content:"";display:inline-block;width:.75rem;height:.75rem;margin-right:.4rem}
${SERIES_RULES}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.quiet,footer{color:var(--quiet);font-size:.9rem}.bad{color:var(--bad)}.good strong{color:var(--good)}
.progress{white-space:nowrap}progress{width:7rem;height:.8rem;vertical-align:middle;accent-color:var(--accent)}
button,select{font:inherit;color:var(--ink);background:var(--head);border:1px solid var(--quiet);border-radius:6px;padding:.35rem .9rem;min-height:2.4rem}
button:hover{border-color:var(--accent)}button:disabled{color:var(--quiet)}input{accent-color:var(--accent)}
.choice{margin-bottom:.8rem;display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
.facts{margin:.6rem 0}.facts div{display:flex;flex-wrap:wrap;gap:0 .6rem}.facts dt{color:var(--quiet)}.facts dd{margin:0}
@media (max-width:48rem){.beside{grid-template-columns:minmax(0,1fr)}section{padding:.9rem .8rem}body{padding:0 .7rem 2rem}figure svg{margin:0 auto}}
@media print{body{max-width:none;background:none}section{break-inside:avoid}.screen,.refresh,nav,.skip{display:none}}
`;

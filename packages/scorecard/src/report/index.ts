export { calibrationChart, distributionChart, ksChart, woeChart } from './charts.ts';
export { type Evaluation, evaluateScores, type ScoreBar } from './evaluation.ts';
export { type ReportRequest, reportHtml } from './html.ts';

// table.mjs TABLE INPUTS SECONDS: the same table as Uprava's, every cell through feelin.
// TABLE: {"inputs": [expression], "rules": [[cell…, result]]}, hit policy UNIQUE.
import { evaluate, unaryTest } from "feelin";
import { readFileSync } from "node:fs";

const [table, inputs, seconds] = process.argv.slice(2);
const { inputs: expressions, rules } = JSON.parse(readFileSync(table, "utf8"));
const contexts = readFileSync(inputs, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

function decide(context) {
  const values = expressions.map((expression) => evaluate(expression, context).value);
  const hits = rules.filter((rule) => expressions.every((_, i) =>
    rule[i] === "-" || unaryTest(rule[i], { ...context, "?": values[i] }).value === true));
  return hits.length === 1 ? evaluate(hits[0].at(-1), context).value : null;
}

const sum = contexts.reduce((all, context) => all + Math.trunc(decide(context) ?? 0), 0);
const begin = performance.now();
let count = 0;
while (performance.now() - begin < seconds * 1000) {
  for (const context of contexts) decide(context);
  count += contexts.length;
}
console.log(Math.round(count * 1000 / (performance.now() - begin)), sum);

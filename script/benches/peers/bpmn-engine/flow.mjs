// flow.mjs MODEL SECONDS: flows of MODEL from begin to end, in memory, one after the other; how
// many a second. The model is read once, tasks are done as soon as they wait, and what a service
// or a decision would do is a function that answers at once: nothing is decided or written.
import BpmnModdle from "bpmn-moddle";
import * as Elements from "bpmn-elements";
import { Engine } from "bpmn-engine";
import { Serializer, TypeResolver } from "moddle-context-serializer";
import { readFileSync } from "node:fs";

const [file, seconds] = process.argv.slice(2);
const types = TypeResolver({ ...Elements, BpmnProcess: Elements.Process });
const sourceContext = Serializer(await new BpmnModdle().fromXML(readFileSync(file, "utf8")), types);

function Answer() {
  return { execute: (message, done) => done(null, {}) };
}

function serve(activity) {
  if (/ServiceTask|BusinessRuleTask/.test(activity.type)) activity.behaviour.Service = Answer;
}

async function play() {
  const execution = await new Engine({ sourceContext, extensions: { serve } }).execute();
  let tasks = 0;
  for (let waiting = ["?"]; waiting.length > 0; tasks += waiting.length) {
    waiting = execution.getPostponed().filter((activity) => activity.type === "bpmn:UserTask");
    waiting.forEach((activity) => activity.signal({}));
  }
  if (execution.state !== "idle" || tasks !== 3) throw new Error(`${execution.state} after ${tasks} tasks`);
}

const begin = performance.now();
let count = 0;
while (performance.now() - begin < seconds * 1000) {
  await play();
  count++;
}
console.log(Math.round(count * 1000 / (performance.now() - begin)), count);

// crds.mjs < manifests.json: validates the operators' kinds (a JSON list of manifests) by the schemas of their projects;
// prints a line for each that is wrong. Run in the folder of chart_tools.sh.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const modules = {
  PodMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor.js",
  PrometheusRule: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule.js",
  ScaledObject: "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject.js",
};
for (const manifest of JSON.parse(readFileSync(0, "utf8"))) {
  const {kind} = manifest;
  const module = await import(pathToFileURL(`${process.cwd()}/node_modules/${modules[kind]}`));
  try {
    new module[kind](manifest).validate();
  } catch (error) {
    console.log(`${kind} ${manifest.metadata.name}: ${error.message}`);
  }
}

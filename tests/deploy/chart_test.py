#!/usr/bin/env python3
"""The Helm chart, rendered by Helm's own code in every variant and held to Kubernetes's schemas, three versions of them.

    chart_test.py TOCSIN

Also: the Pod Security Standard "restricted", the three probes, a grace above the drain, a new checksum with each change of
the configuration, alert rules and dashboards that are those of deploy/prometheus and deploy/grafana; the rendered
configurations are checked by TOCSIN itself. Exit code 77: skipped, and the last line says why.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml
from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/tocsin"
WORKLOADS = {"StatefulSet", "Deployment"}
OPERATORS = {"PodMonitor", "PrometheusRule", "ScaledObject"}
MONITORED = {"podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
             "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
             "dashboards": {"enabled": True, "annotations": {"folder": "Tocsin"}}, "runbooks": "https://wiki.example/tocsin"}
SPLIT = {"mode": "split"}
SCALED = {"mode": "split", "prepare": {"autoscaling": {"enabled": True, "authentication": "kafka"}}}
SECURE = {"secretName": "kafka", "config": {
    "brokers": ["a.example:9093", "b.example:9093"], "topics": {"raw": [{"name": "wire.a", "preset": "newsapi"}]},
    "kafka": {"security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "tocsin"},
    "kafka_files": {"sasl.password": "${CREDENTIALS_DIRECTORY}/sasl-password"}}}
PLACED = {"nodeSelector": {"disk": "fast"}, "tolerations": [{"key": "wire", "operator": "Exists"}], "priorityClassName": "high",
          "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
              {"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}},
          "imagePullSecrets": [{"name": "registry"}], "podLabels": {"team": "desk"}, "podAnnotations": {"a/b": "c"},
          "extraEnv": [{"name": "A", "value": "b"}], "extraVolumes": [{"name": "rules", "configMap": {"name": "rules"}}],
          "extraVolumeMounts": [{"name": "rules", "mountPath": "/rules", "readOnly": True}],
          "spread": {"hostname": "ScheduleAnyway", "zone": "DoNotSchedule"},
          "image": {"digest": "sha256:" + "0" * 64, "pullPolicy": "Always"}}
CLOSED = {"networkPolicy": {
    "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
    "kafka": {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [9093]},
    "extraEgress": [{"ports": [{"protocol": "TCP", "port": 443}]}]}}
BARE = {"networkPolicy": {"enabled": False}, "podDisruptionBudget": {"enabled": False},
        "serviceAccount": {"create": False, "name": "wire"}, "replicas": 1}
NOTIFYING = {
    "secretName": "webhooks", "notify": {"enabled": True, "replicas": 2},
    "config": {"notify": {"allow": ["https://hooks.slack.com"], "webhooks": [
        {"name": "desk", "kind": "slack", "url_file": "${CREDENTIALS_DIRECTORY}/slack-url"}]}},
    "networkPolicy": {"extraEgress": [{"ports": [{"protocol": "TCP", "port": 443}]}]}}
OTHERS = {"defaults": {}, "secure": SECURE, "placed": PLACED, "closed": CLOSED, "bare": BARE, "monitored": MONITORED, "notifying": NOTIFYING | MONITORED,
          "patient": {"drainSeconds": 120, "podDisruptionBudget": {"maxUnavailable": "50%"}},
          "everything": SECURE | PLACED | CLOSED | MONITORED}
MODES = {"all": {}, "split": SPLIT, "scaled": SCALED}
VARIANTS = {f"{m} {o}": mode | other for m, mode in MODES.items() for o, other in OTHERS.items()}

REFUSED = [{"mode": "both"}, {"replicas": 0}, {"drainSeconds": "20s"}, {"repicas": 3}, {"config": {"role": "all"}},
           {"config": {"brokers": ""}}, {"config": {"drain_timeout": "5s"}}, {"image": {"digest": "latest"}},
           {"prepare": {"autoscaling": {"lag": 0}}}, {"notify": {"enabled": True}}, {"spread": {"hostname": "Never"}}, {"podMonitor": {"interval": 15}}]


def tools():
    """The folder of what chart_tools.sh fetches; ends the program where it cannot be had."""
    script = subprocess.run([ROOT / "tests/deploy/chart_tools.sh"], stdout=subprocess.PIPE, text=True)
    if script.returncode == 0:
        return pathlib.Path(script.stdout.strip())
    print("deploy.chart SKIPPED: Helm or Kubernetes's schemas cannot be had here")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def schemas(folder):
    """Version -> kind -> validator, strict: no key that Kubernetes does not know."""
    result = {}
    for path in sorted(folder.glob("python/kubernetes_validate/kubernetes-json-schema/*/_definitions.json")):
        text = path.read_text(encoding="utf-8").replace("/api/_definitions.json#", "#").replace("_definitions.json#", "#")
        whole = json.loads(text)
        key = "$defs" if "$defs" in whole else "definitions"
        kinds = {(k["group"] + "/" if k["group"] else "") + k["version"] + " " + k["kind"]: name
                 for name, d in whole[key].items() for k in d.get("x-kubernetes-group-version-kind", [])}
        if not kinds:  # without that extension: the kind's name is the end of the definition's
            kinds = {d["properties"]["apiVersion"]["enum"][0] + " " + d["properties"]["kind"]["enum"][0]: name
                     for name, d in whole[key].items()
                     if all("enum" in d.get("properties", {}).get(p, {}) for p in ("apiVersion", "kind"))}
        result[path.parent.name] = {kind: Draft202012Validator({key: whole[key], "$ref": f"#/{key}/{name}"})
                                    for kind, name in kinds.items()}
    return result


class Chart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(cls.folder / "python"))
        from helm_python.chart import Chart as HelmChart, lint
        cls.lint, cls.chart = staticmethod(lint), HelmChart.load(CHART)
        cls.rendered = {name: cls.manifests(values) for name, values in VARIANTS.items()}

    @classmethod
    def render(cls, values):
        return cls.chart.render(values, name="wire", namespace="news")

    @classmethod
    def manifests(cls, values):
        return [m for path, text in cls.render(values).items() if path.endswith(".yaml")
                for m in yaml.safe_load_all(text) if m]

    @staticmethod
    def of(manifests, kind):
        return [m for m in manifests if m["kind"] == kind]

    @classmethod
    def pods(cls, manifests):
        for m in manifests:
            if m["kind"] == "Pod":
                yield m["metadata"]["name"], m["spec"]
            elif m["kind"] in WORKLOADS:
                yield m["metadata"]["name"], m["spec"]["template"]["spec"]

    def test_lint_finds_nothing(self):
        for name, values in VARIANTS.items():
            report = self.lint(CHART, values, strict=True, kube_version="v1.33.0")
            wrong = [m for m in report["messages"] if m["severity"] > 1]
            self.assertEqual((wrong, report["errors"]), ([], []), name)

    def test_every_variant_is_what_kubernetes_wants(self):
        checked = 0
        for version, kinds in schemas(self.folder).items():
            for name, manifests in self.rendered.items():
                for m in manifests:
                    if m["kind"] in OPERATORS:
                        continue
                    validator = kinds[f"{m['apiVersion']} {m['kind']}"]
                    wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(m)]
                    self.assertEqual(wrong, [], f"{version} {name} {m['kind']}")
                    checked += 1
        self.assertGreater(checked, 3 * 6 * len(VARIANTS))
        print(f"chart: {len(VARIANTS)} variants, {checked} manifests against three versions of Kubernetes, 0 errors")

    def test_the_schemas_do_catch_a_wrong_manifest(self):
        for kinds in schemas(self.folder).values():
            wrong = json.loads(json.dumps(self.of(self.rendered["all defaults"], "StatefulSet")[0]))
            wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
            self.assertTrue(list(kinds["apps/v1 StatefulSet"].iter_errors(wrong)))

    def test_the_operators_kinds_are_what_their_projects_want(self):
        wanted = [m for name in ("all monitored", "scaled everything", "scaled defaults")
                  for m in self.rendered[name] if m["kind"] in OPERATORS]
        self.assertEqual({m["kind"] for m in wanted}, OPERATORS)
        broken = [json.loads(json.dumps(m)) for m in wanted[:1]]
        broken[0]["spec"]["podMetricsEndpoints" if broken[0]["kind"] == "PodMonitor" else "groups"] = 7
        for manifests, lines in ((wanted, 0), (broken, 1)):
            result = subprocess.run(["node", ROOT / "tests/deploy/crds.mjs"], input=json.dumps(manifests), text=True,
                                    cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(len(result.stdout.splitlines()), lines, result.stdout)

    def test_every_pod_meets_the_restricted_standard_with_a_read_only_root_and_without_a_token(self):
        for name, manifests in self.rendered.items():
            for pod, spec in self.pods(manifests):
                with self.subTest(f"{name} {pod}"):
                    self.assertFalse(spec["automountServiceAccountToken"])
                    self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & spec.keys())
                    self.assertTrue(spec["securityContext"]["runAsNonRoot"])
                    self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                    kinds = {kind for volume in spec["volumes"] for kind in volume if kind != "name"}
                    self.assertLessEqual(kinds, {"emptyDir", "configMap", "secret"})
                    for container in spec["containers"]:
                        context = container["securityContext"]
                        self.assertFalse(context["allowPrivilegeEscalation"])
                        self.assertTrue(context["readOnlyRootFilesystem"])
                        self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                        self.assertIn("memory", container["resources"]["limits"])
                        self.assertIn("cpu", container["resources"]["requests"])

    def test_every_instance_has_three_probes_a_grace_above_its_drain_and_is_spread(self):
        for name, manifests in self.rendered.items():
            for s in self.of(manifests, "StatefulSet") + self.of(manifests, "Deployment"):
                with self.subTest(f"{name} {s['metadata']['name']}"):
                    spec = s["spec"]["template"]["spec"]
                    container = spec["containers"][0]
                    paths = [container[p]["httpGet"]["path"] for p in ("startupProbe", "livenessProbe", "readinessProbe")]
                    self.assertEqual(paths, ["/live", "/live", "/ready"])
                    self.assertGreater(spec["terminationGracePeriodSeconds"], VARIANTS[name].get("drainSeconds", 20) + 10)
                    self.assertEqual({t["topologyKey"] for t in spec["topologySpreadConstraints"]},
                                     {"kubernetes.io/hostname", "topology.kubernetes.io/zone"})
                    labels = s["spec"]["template"]["metadata"]["labels"].items()
                    self.assertLessEqual(s["spec"]["selector"]["matchLabels"].items(), labels)
                    budgets = self.of(manifests, "PodDisruptionBudget")
                    if "bare" not in name:
                        self.assertEqual(sum(b["spec"]["selector"]["matchLabels"].items() <= labels for b in budgets), 1)

    def test_roles_follow_the_mode(self):
        for name, manifests in self.rendered.items():
            roles = {s["metadata"]["labels"]["app.kubernetes.io/component"]: s for s in self.of(manifests, "StatefulSet")}
            self.assertEqual(set(roles), {"all"} if name.startswith("all") else {"prepare", "decide"})
            scaled = name.startswith("scaled")
            self.assertEqual(len(self.of(manifests, "ScaledObject")), int(scaled))
            if scaled:  # the number is KEDA's: a chart that named it too would fight
                self.assertNotIn("replicas", roles["prepare"]["spec"])
                target = self.of(manifests, "ScaledObject")[0]
                self.assertEqual(target["spec"]["scaleTargetRef"]["name"], roles["prepare"]["metadata"]["name"])
                self.assertEqual(target["spec"]["triggers"][0]["metadata"]["consumerGroup"], "tocsin.prepare")

    def test_webhooks_are_a_deployment_of_their_own_with_the_same_secrets(self):
        for name, manifests in self.rendered.items():
            found = self.of(manifests, "Deployment")
            self.assertEqual(len(found), int("notifying" in name), name)
            for d in found:
                spec = d["spec"]["template"]["spec"]
                self.assertEqual(spec["containers"][0]["args"][0], "notify")
                mounted = {m["mountPath"]: m.get("subPath") for m in spec["containers"][0]["volumeMounts"]}
                text = self.of(manifests, "ConfigMap")[0]["data"][mounted["/etc/tocsin/tocsin.yaml"]]
                self.assertEqual(yaml.safe_load(text)["notify"]["listen"], "0.0.0.0:9464")
                self.assertIn("/run/credentials/tocsin", mounted)

    def test_a_changed_configuration_restarts_the_pods_and_nothing_else_does(self):
        def sums(values):
            return [s["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
                    for s in self.of(self.manifests(values), "StatefulSet")]
        self.assertEqual(sums({}), sums({"podMonitor": {"enabled": True}, "replicas": 3}))
        self.assertNotEqual(sums({}), sums({"config": {"window": "48h"}}))
        self.assertNotEqual(sums({}), sums({"drainSeconds": 30}))

    def test_the_daemon_takes_every_rendered_configuration(self):
        seen = set()
        for name, manifests in self.rendered.items():
            for config in self.of(manifests, "ConfigMap"):
                for file, text in config["data"].items():
                    if not file.endswith(".yaml") or text in seen:
                        continue
                    seen.add(text)
                    with tempfile.TemporaryDirectory() as folder:
                        path = pathlib.Path(folder, "tocsin.yaml")
                        path.write_text(text, encoding="utf-8")
                        pathlib.Path(folder, "sasl-password").write_text("secret", encoding="utf-8")
                        result = subprocess.run([self.tocsin, "check", path], text=True, stdout=subprocess.PIPE,
                                                stderr=subprocess.STDOUT, env=os.environ | {"CREDENTIALS_DIRECTORY": folder})
                    self.assertEqual(result.returncode, 0, f"{name} {file}: {result.stdout}")
        self.assertGreaterEqual(len(seen), 6)

    def test_the_schema_refuses_what_is_wrong(self):
        for values in REFUSED:
            with self.subTest(str(values)), self.assertRaises(Exception) as raised:
                self.render(values)
            self.assertIn("schema", str(raised.exception))

    def test_rules_and_dashboards_are_the_projects_own_with_links_to_where_the_runbooks_are(self):
        manifests = self.rendered["all monitored"]
        alerts = (ROOT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8")
        wanted = yaml.safe_load(alerts.replace("docs/runbooks.md#", MONITORED["runbooks"] + "#"))
        rule = self.of(manifests, "PrometheusRule")[0]
        self.assertEqual(rule["spec"], wanted)
        boards = {file: text for c in self.of(manifests, "ConfigMap") for file, text in c["data"].items() if ".json" in file}
        self.assertEqual(set(boards), {p.name for p in (ROOT / "deploy/grafana/dashboards").glob("*.json")})
        for text in boards.values():
            self.assertIn(MONITORED["runbooks"] + "#", json.dumps(json.loads(text)))
            self.assertNotIn("docs/runbooks.md", text)
        if shutil.which("promtool"):
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
                yaml.safe_dump(rule["spec"], f)
                f.flush()
                subprocess.run(["promtool", "check", "rules", f.name], check=True, stdout=subprocess.DEVNULL)

    def test_secrets_are_files_and_in_no_configuration(self):
        for s in self.of(self.rendered["split secure"], "StatefulSet"):
            spec = s["spec"]["template"]["spec"]
            self.assertIn({"name": "credentials", "secret": {"secretName": "kafka", "defaultMode": 0o440}}, spec["volumes"])
            where = {e["name"]: e.get("value") for e in spec["containers"][0]["env"]}["CREDENTIALS_DIRECTORY"]
            self.assertIn({"name": "credentials", "mountPath": where, "readOnly": True}, spec["containers"][0]["volumeMounts"])

    def test_the_notes_say_how_to_look_at_it(self):
        for name, values in VARIANTS.items():
            notes = self.render(values)["tocsin/templates/NOTES.txt"]
            self.assertIn("helm test wire", notes, name)
            pod = re.search(r"port-forward (\S+)-0 9464", notes).group(1)
            self.assertIn(pod, [s["metadata"]["name"] for s in self.of(self.rendered[name], "StatefulSet")])

    def test_the_chart_has_the_projects_version(self):
        version = re.search(r"project\(tocsin VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual((self.chart.metadata["version"], self.chart.metadata["appVersion"]), (version, version))


if __name__ == "__main__":
    Chart.folder, Chart.tocsin = tools(), sys.argv[1]
    unittest.main(argv=sys.argv[:1])

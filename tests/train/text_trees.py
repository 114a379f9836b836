#!/usr/bin/env python3
"""Learns common/knowledge/junk_blocks.yaml, junk_lines.yaml or junk_pages.yaml and says how good it is, cross-validated.

    text_trees.py blocks|lines|pages NUMBERS.tsv OUT.yaml

NUMBERS.tsv has one block or line a row: group (page or text), label (1: article for blocks, junk for lines), weight,
then the numbers of block_features.cc or line_features.cc in order, as tocsin_block_numbers and tocsin_line_numbers write
them. Needs numpy and lightgbm.
"""
import sys

import lightgbm
import numpy

SETTINGS = {
    "blocks": {"learning_rate": 0.06, "num_leaves": 15, "min_data_in_leaf": 40, "rounds": 300, "threshold": 0.4,
               "what": "Which blocks of an HTML page are its article", "numbers": "block_features.cc"},
    "lines": {"learning_rate": 0.2, "num_leaves": 16, "min_data_in_leaf": 20, "rounds": 40, "threshold": 0.75,
              "what": "Which lines of an article are junk", "numbers": "line_features.cc"},
    "pages": {"learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 60, "rounds": 120, "threshold": 0.95,
              "what": "Which lines of a whole page as text are junk", "numbers": "line_features.cc"},
}


def preorder(node):
    if "leaf_value" in node:
        return ["=%.4g" % node["leaf_value"]]
    question = "%d:%.6g" % (node["split_feature"], node["threshold"])
    return [question, *preorder(node["left_child"]), *preorder(node["right_child"])]


def main():
    kind, numbers, out = sys.argv[1:4]
    settings = SETTINGS[kind]
    table = numpy.loadtxt(numbers, dtype=numpy.float32, ndmin=2)
    group, label, weight, x = table[:, 0].astype(int), table[:, 1], table[:, 2], table[:, 3:]
    params = {"objective": "binary", "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1,
              "lambda_l2": 5, "verbose": -1, "num_threads": 1, "seed": 1}
    params |= {k: settings[k] for k in ("learning_rate", "num_leaves", "min_data_in_leaf")}

    def learn(rows):
        data = lightgbm.Dataset(x[rows], label[rows], weight=weight[rows])
        return lightgbm.train(params, data, settings["rounds"])

    folds = numpy.array_split(numpy.random.RandomState(0).permutation(numpy.unique(group)), 6)
    guess = numpy.zeros(len(label))
    for fold in folds:
        rows = numpy.isin(group, fold)
        guess[rows] = learn(~rows).predict(x[rows])
    said = guess > settings["threshold"]
    right = (said * label).sum()
    print(f"{len(numpy.unique(group))} groups, {len(label)} rows, cross-validated at {settings['threshold']}: "
          f"P {right / max(said.sum(), 1):.3f} R {right / max(label.sum(), 1):.3f}")

    model = learn(numpy.ones(len(label), dtype=bool)).dump_model()
    with open(out, "w", encoding="utf-8") as f:
        f.write(f"# {settings['what']}: decision trees over the numbers of common/text/{settings['numbers']}.\n"
                "# Learnt, not written: docs/text.md says from what and how. Format: common/text/trees.h.\n"
                f"features: {x.shape[1]}\nthreshold: {settings['threshold']}\ntrees: |\n")
        for tree in model["tree_info"]:
            f.write("  " + " ".join(preorder(tree["tree_structure"])) + "\n")


main()

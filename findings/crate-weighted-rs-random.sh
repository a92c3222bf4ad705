#!/usr/bin/env bash
# crate weighted-rs 0.1.3, RandWeight: the last item gets too little, and with equal weights of 1 nothing.
#
# Expected: items are drawn in proportion to their weights. The README: "it follows weight configuration".
# Seen (Rust 1.95.0): a number from 0 to the sum less 1 has the weights subtracted until it is zero or below, where it
# should be below zero. So the first item is drawn as if its weight were one more, the last as if it were one less: of
# 100,000 draws from weights 1, 1, 1 the items get 66,600, 33,400 and 0; from 5, 2, 3 they get 60%, 20% and 20%.
# RoundrobinWeight and SmoothWeight of the crate follow the weights.
#
# Exits 1 if the third of three equal items is drawn at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR="$folder/target"
cargo new --quiet --vcs none --edition 2021 trial
cd trial
cargo add --quiet weighted-rs@=0.1.3
cat > src/main.rs <<'RUST'
use std::process::ExitCode;
use weighted_rs::{RandWeight, SmoothWeight, Weight};

fn draws(mut balancer: impl Weight<Item = usize>, weights: [isize; 3]) -> [u32; 3] {
    for (item, weight) in weights.into_iter().enumerate() {
        balancer.add(item, weight);
    }
    let mut counts = [0; 3];
    for _ in 0..100_000 {
        counts[balancer.next().expect("there are items")] += 1;
    }
    counts
}

fn main() -> ExitCode {
    for weights in [[1, 1, 1], [5, 2, 3]] {
        println!("weights {weights:?}, random: {:?}", draws(RandWeight::new(), weights));
        println!("weights {weights:?}, smooth: {:?}", draws(SmoothWeight::new(), weights));
    }
    let random = draws(RandWeight::new(), [1, 1, 1]);
    ExitCode::from(u8::from(random[2] > 0))
}
RUST
cargo run --quiet

//! Values that several commands read.

use std::path::PathBuf;

use evenkeel_algorithms::Card;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::strategy;

use crate::config::algorithm_named;

/// Algorithms in the order given.
#[derive(Clone, Debug)]
pub(super) struct AlgorithmList(pub(super) Vec<&'static Card>);

pub(super) fn algorithm(name: &str) -> Result<&'static Card, String> {
    algorithm_named(Registry::builtin(), name)
}

pub(super) fn algorithms(names: &str) -> Result<AlgorithmList, String> {
    if names == "all" {
        return Ok(AlgorithmList(strategy::CARDS.to_vec()));
    }
    let mut list = Vec::new();
    for name in names.split(',') {
        let known = algorithm(name)?;
        if list.contains(&known) {
            return Err(format!("{known} is given twice"));
        }
        list.push(known);
    }
    Ok(AlgorithmList(list))
}

pub(super) fn count(text: &str) -> Result<u32, String> {
    let number = text
        .replace('_', "")
        .parse()
        .ok()
        .filter(|&number| number > 0);
    number.ok_or(format!("expected a whole number from 1 to {}", u32::MAX))
}

/// Where a file is to be written: `-`, which is standard output elsewhere, would make a file of that name.
pub(super) fn output(text: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err("expected the name of a file; `-` would be a file of that name".to_owned());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_checked() {
        assert_eq!(algorithms("hrw,consistent-hash").unwrap().0.len(), 2);
        for wrong in ["ketama,consistent-hash", "", "ketma"] {
            assert!(algorithms(wrong).is_err(), "{wrong}");
        }
    }
}

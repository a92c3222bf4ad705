//! The matrix of an agreement as a document.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::pictures;
use super::reported::Reported;
use crate::agreement::{Matrix, Row};
use crate::plot::Plot;
use crate::sheet::Sheet;
use crate::text::{percent, thousands, weights_ignored};

/// The columns that name a config.
const NAMES: [&str; 3] = ["", "config", "algorithm"];

/// The most configs with shares that have room beside their names.
const MOST_BESIDE_NAMES: usize = 4;

impl Reported for Matrix {
    fn document(&self) -> Document {
        Document {
            question: "Do these clients reach the same backend for the same key?".to_owned(),
            answer: answer(self),
            caveats: different_backends(self)
                .into_iter()
                .chain(weights(self))
                .collect(),
            sheets: sheets(self),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        let configs = self.configs.iter();
        let configs = configs.map(|row| (&*row.config, &*row.agreement));
        pictures::agreement::plots(&configs.collect::<Vec<_>>())
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(["config", "algorithm", "other", "agreement"])?;
        for row in &self.configs {
            for (other, share) in self.configs.iter().zip(&row.agreement) {
                let share = share.to_string();
                writer.write_record([&row.config, row.algorithm, &other.config, &share])?;
            }
        }
        Ok(writer.into_inner()?)
    }
}

/// Warns where the configs have no backend in common.
fn different_backends(matrix: &Matrix) -> Option<String> {
    let said = "the configs have different backends, so they cannot agree on every key; --backends gives all of them the same";
    (!matrix.same_backends).then(|| said.to_owned())
}

/// Names the algorithms that ignore the weights of their configs.
fn weights(matrix: &Matrix) -> Option<String> {
    let ignoring = matrix.configs.iter().filter(|row| row.ignores_weights);
    weights_ignored(ignoring.map(|row| row.algorithm))
}

/// The shares beside the configs' names; of many configs in a table of their own, in which they have numbers.
fn sheets(matrix: &Matrix) -> Vec<Sheet> {
    let Matrix {
        keys,
        source,
        configs,
        ..
    } = matrix;
    let keys = thousands(*keys as u64);
    let title = format!("Share of {keys} keys ({source}) that reach the same backend");
    let numbers: Vec<_> = (1..=configs.len()).map(|n| n.to_string()).collect();
    let headers = |names: &[&'static str]| {
        let numbers = numbers.iter().map(String::as_str);
        names.iter().copied().chain(numbers).collect::<Vec<_>>()
    };
    let numbered = || configs.iter().zip(&numbers);
    let named = |(row, number): (&Row, &String)| {
        vec![number.clone(), row.config.clone(), row.algorithm.to_owned()]
    };
    let shares = |row: &Row| {
        row.agreement
            .iter()
            .copied()
            .map(percent)
            .collect::<Vec<_>>()
    };
    if configs.len() <= MOST_BESIDE_NAMES {
        let rows = numbered().map(|pair| [named(pair), shares(pair.0)].concat());
        return vec![Sheet::of(&headers(&NAMES), NAMES.len(), rows).titled(title)];
    }
    let rows = numbered().map(|(row, number)| [vec![number.clone()], shares(row)].concat());
    vec![
        Sheet::of(&NAMES, NAMES.len(), numbered().map(named)),
        Sheet::of(&headers(&[""]), 1, rows).titled(title),
    ]
}

/// Two configs, and the share of the keys for which they pick the same backend.
struct Pair<'a> {
    names: [&'a str; 2],
    share: f64,
}

/// Which agree most and which least; none of a single config.
fn answer(matrix: &Matrix) -> Option<String> {
    let pairs = pairs(matrix);
    let by_share = |a: &&Pair<'_>, b: &&Pair<'_>| a.share.total_cmp(&b.share);
    let least = pairs.iter().min_by(by_share)?;
    // Of several the first, which is the last from behind.
    let most = pairs.iter().rev().max_by(by_share)?;
    let shown = |pair: &Pair<'_>| {
        let Pair { names, share } = pair;
        let more = match pairs.iter().filter(|other| other.share == *share).count() {
            1 => String::new(),
            same => format!(" (other such pairs: {})", same - 1),
        };
        format!("{} of keys, {}{more}", percent(*share), names.join(" and "))
    };
    Some(match most.share == least.share {
        true => format!("Agreement: {}.", shown(most)),
        false => format!(
            "Highest agreement: {}; lowest: {}.",
            shown(most),
            shown(least)
        ),
    })
}

fn pairs(matrix: &Matrix) -> Vec<Pair<'_>> {
    let rows = matrix.configs.iter().enumerate();
    let pairs = rows.flat_map(|(place, row)| {
        let others = matrix.configs.iter().zip(&row.agreement).skip(place + 1);
        others.map(|(other, &share)| Pair {
            names: [&row.config, &other.config],
            share,
        })
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(shares: &[&[f64]]) -> Matrix {
        let names = ["php", "python", "ruby"];
        let rows = names.into_iter().zip(shares).map(|(name, shares)| Row {
            config: name.to_owned(),
            algorithm: "ketama",
            ignores_weights: false,
            agreement: shares.to_vec(),
        });
        Matrix {
            keys: 1_000,
            source: "keys".to_owned(),
            same_backends: true,
            configs: rows.collect(),
        }
    }

    #[test]
    fn the_answer_names_the_highest_and_the_lowest() {
        let said = |shares: &[&[f64]]| answer(&matrix(shares));
        assert_eq!(said(&[&[1.]]), None);
        let two = said(&[&[1., 0.5], &[0.5, 1.]]);
        assert_eq!(
            two.as_deref(),
            Some("Agreement: 50.0% of keys, php and python.")
        );
        let same = said(&[&[1., 1., 1.][..]; 3]);
        let expected = "Agreement: 100% of keys, php and python (other such pairs: 2).";
        assert_eq!(same.as_deref(), Some(expected));
        let of_one = said(&[&[1., 1., 0.1][..], &[1., 1., 0.1], &[0.1, 0.1, 1.]]);
        let expected = "Highest agreement: 100% of keys, php and python; lowest: 10.0% of keys, php and ruby (other \
            such pairs: 1).";
        assert_eq!(of_one.as_deref(), Some(expected));
    }
}

//! The matrix of an agreement as a document.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::pictures;
use super::reported::Reported;
use crate::agreement::Matrix;
use crate::plot::Plot;
use crate::sheet::Sheet;

impl Reported for Matrix {
    fn document(&self) -> Document {
        Document {
            question: "Do these clients reach the same backend for the same key?".to_owned(),
            answer: answer(self),
            caveats: different_backends(self).into_iter().collect(),
            sheets: vec![sheet(self)],
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

/// What is to be known where the clients have nothing to agree on.
fn different_backends(matrix: &Matrix) -> Option<String> {
    let said = "the configs have different backends, for which no two can agree: --backends asks all of them for the \
        same ones";
    (!matrix.same_backends).then(|| said.to_owned())
}

/// Columns are numbered, since names would not fit beside each other.
fn sheet(matrix: &Matrix) -> Sheet {
    let numbers: Vec<_> = (1..=matrix.configs.len()).map(|n| n.to_string()).collect();
    let mut headers = vec!["", "config", "algorithm"];
    headers.extend(numbers.iter().map(String::as_str));
    let rows = matrix.configs.iter().zip(&numbers).map(|(row, number)| {
        let mut cells = vec![number.clone(), row.config.clone(), row.algorithm.to_owned()];
        cells.extend(row.agreement.iter().map(|share| percent(*share)));
        cells
    });
    let Matrix { keys, source, .. } = matrix;
    Sheet::of(&headers, 3, rows).titled(format!(
        "Keys that reach the same backend, in % of {keys} ({source})"
    ))
}

/// Two configs, and the share of the keys for which they pick the same backend.
struct Pair<'a> {
    names: [&'a str; 2],
    share: f64,
}

/// Which agree most and which least; nothing of a single config.
fn answer(matrix: &Matrix) -> Option<String> {
    let pairs = pairs(matrix);
    let by_share = |a: &&Pair<'_>, b: &&Pair<'_>| a.share.total_cmp(&b.share);
    let least = pairs.iter().min_by(by_share)?;
    // Of several the first, which is the last from behind.
    let most = pairs.iter().rev().max_by(by_share)?;
    let [of_most, of_least] = [most, least].map(|pair| percent(pair.share));
    let [these, others] = [most, least].map(|pair| pair.names.join(" and "));
    Some(if pairs.len() == 1 {
        format!("{these} reach the same backend for {of_most} % of the keys.")
    } else if most.share == least.share {
        format!("Any two of them reach the same backend for {of_most} % of the keys.")
    } else {
        let [as_they, as_others] = [most, least].map(|pair| as_do(&pairs, pair));
        format!(
            "{these} agree most, for {of_most} % of the keys{as_they}; {others} least, for {of_least} %{as_others}."
        )
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

/// How many others agree as much.
fn as_do(pairs: &[Pair<'_>], pair: &Pair<'_>) -> String {
    let same = pairs.iter().filter(|other| other.share == pair.share);
    match same.count() - 1 {
        0 => String::new(),
        1 => ", as does another pair".to_owned(),
        others => format!(", as do {others} other pairs"),
    }
}

/// To a tenth; only all of them are 100.
fn percent(share: f64) -> String {
    if share < 1. {
        format!("{:.1}", (share * 1e3).floor().min(999.) / 10.)
    } else {
        "100".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Row;

    fn matrix(shares: &[&[f64]]) -> Matrix {
        let names = ["php", "python", "ruby"];
        let rows = names.into_iter().zip(shares).map(|(name, shares)| Row {
            config: name.to_owned(),
            algorithm: "ketama",
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
    fn the_answer_names_who_agrees_most_and_least() {
        let said = |shares: &[&[f64]]| answer(&matrix(shares));
        assert_eq!(said(&[&[1.]]), None);
        assert_eq!(
            said(&[&[1., 0.5], &[0.5, 1.]]).as_deref(),
            Some("php and python reach the same backend for 50.0 % of the keys.")
        );
        assert_eq!(
            said(&[&[1., 1., 1.][..]; 3]).as_deref(),
            Some("Any two of them reach the same backend for 100 % of the keys.")
        );
        let of_one = [&[1., 1., 0.1][..], &[1., 1., 0.1], &[0.1, 0.1, 1.]];
        assert_eq!(
            said(&of_one).as_deref(),
            Some(
                "php and python agree most, for 100 % of the keys; php and ruby least, for 10.0 %, as does \
                 another pair."
            )
        );
    }
}

//! Replays one row.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail, ensure};
use evenkeel_algorithms::{LoadBalancer, Registry, Slot, Ticket};
use evenkeel_config::Config;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::row::{Kind, Picks, Row, Sets};
use crate::text::hex;

/// The result of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// The row's name.
    pub name: String,
    /// The config's algorithm; empty if the config is invalid.
    pub algorithm: &'static str,
    /// The real program.
    pub source: String,
    /// The number of answers that equal the program's.
    pub matched: usize,
    /// The number of answers.
    pub total: usize,
    /// The first difference, or why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

impl Replayed {
    /// Returns whether every answer equals the program's.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.matched == self.total && self.difference.is_none()
    }
}

/// `open` or `close`, the number of the request, and the key of an opened request.
#[derive(Deserialize)]
#[serde(expecting = "`[\"open\", id, key]` or `[\"close\", id]`")]
struct Event(Change, u64, #[serde(default)] Option<String>);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Change {
    Open,
    Close,
}

/// The counts so far, and the first difference.
#[derive(Default)]
struct Tally {
    matched: usize,
    total: usize,
    difference: Option<String>,
}

impl Tally {
    /// Compares answers with those of the program.
    fn compare(&mut self, what: &str, ours: &[Option<u32>], theirs: &[u32]) {
        // An answer that only one of them has is a mismatch.
        self.total += ours.len().max(theirs.len());
        if ours.len() != theirs.len() {
            let difference = format!("{} {what}s, expected {}", ours.len(), theirs.len());
            self.difference.get_or_insert(difference);
        }
        for (number, (ours, &theirs)) in ours.iter().zip(theirs).enumerate() {
            if *ours == Some(theirs) {
                self.matched += 1;
            } else if self.difference.is_none() {
                let ours = ours.map_or_else(|| "no backend".to_owned(), |ours| ours.to_string());
                self.difference =
                    Some(format!("{what} {number} went to {ours}, expected {theirs}"));
            }
        }
    }
}

impl Row {
    /// Replays the row. An error that prevents this is a difference.
    pub(super) fn replayed(&self, sets: &Sets) -> Replayed {
        let mut tally = Tally::default();
        let config = Config::parse(self.config.get(), Registry::builtin());
        let algorithm = config.as_ref().map_or("", |config| config.algorithm.name);
        let config = config.map_err(|fault| anyhow!("config:{fault}"));
        let ran = config.and_then(|config| self.replay(&config, sets, &mut tally));
        if let Err(error) = ran {
            // Earlier matches do not count: the row is not replayed.
            tally.total = tally.total.max(tally.matched + 1);
            tally.difference = Some(format!("{error:#}"));
        }
        Replayed {
            name: self.name.clone(),
            algorithm,
            source: self.source.clone(),
            matched: tally.matched,
            total: tally.total,
            difference: tally.difference,
        }
    }

    fn replay(&self, config: &Config, sets: &Sets, tally: &mut Tally) -> Result<()> {
        let balancer = config.balancer()?;
        let went = match self.kind {
            Kind::Routes => self.routes(
                &balancer,
                &set::<Option<String>>(sets, self.keys.as_deref())?,
            ),
            Kind::Sequence => self.sequence(&balancer)?,
            Kind::Hold => hold(&balancer, set(sets, self.events.as_deref())?)?,
            Kind::Table => return self.table(&balancer, tally),
        };
        tally.compare("request", &went, &self.picks()?);
        ensure!(tally.total > 0, "the row has no answer");
        Ok(())
    }

    /// Returns the backends of keys. If no answer depends on earlier ones, the keys are asked in reverse order.
    fn routes(&self, balancer: &LoadBalancer, keys: &[Option<String>]) -> Vec<Option<u32>> {
        let went = |key: &Option<String>| index(route(balancer, key.as_deref()).ok().as_ref());
        if self.in_order {
            return keys.iter().map(went).collect();
        }
        let mut went: Vec<_> = keys.iter().rev().map(went).collect();
        went.reverse();
        went
    }

    fn sequence(&self, balancer: &LoadBalancer) -> Result<Vec<Option<u32>>> {
        let turns = self.picks()?.into_iter();
        Ok(turns
            .map(|_| index(route(balancer, None).ok().as_ref()))
            .collect())
    }

    /// Compares the strategy's own table.
    fn table(&self, balancer: &LoadBalancer, tally: &mut Tally) -> Result<()> {
        let snapshot = balancer.snapshot();
        let table = snapshot
            .balancer()
            .table()
            .context("this algorithm has no table to compare")?;
        let entries: Vec<_> = table.iter().map(|&slot| Some(position(slot))).collect();
        let entry = "table entry";
        if let Some(whole) = &self.table {
            tally.compare(entry, &entries, whole);
        } else if let Some(head) = &self.table_head {
            tally.compare(entry, &entries[..head.len().min(entries.len())], head);
        }
        if let Some(recorded) = &self.table_sha256_le_u32 {
            let same = u32::from(sha256(&table) == *recorded);
            tally.compare("SHA-256 of the table: same", &[Some(same)], &[1]);
        }
        if let Some(counts) = &self.slot_counts {
            let count = |slot| table.iter().filter(|&&other| other == slot).count() as u32;
            let ours: Vec<_> = snapshot
                .pool()
                .slots()
                .map(|slot| Some(count(slot)))
                .collect();
            tally.compare("number of entries of backend", &ours, counts);
        }
        ensure!(tally.total > 0, "the row has no table");
        Ok(())
    }

    fn picks(&self) -> Result<Vec<u32>> {
        match self.picks.as_ref().context("a row without `picks`")? {
            Picks::Numbers(numbers) => Ok(numbers.clone()),
            Picks::Digits(digits) => digits
                .chars()
                .map(|digit| digit.to_digit(36))
                .collect::<Option<_>>()
                .context("`picks` has a character that is not a base-36 digit"),
        }
    }
}

fn route(balancer: &LoadBalancer, key: Option<&str>) -> Result<Ticket> {
    Ok(balancer.route(key.map(str::as_bytes))?)
}

fn index(ticket: Option<&Ticket>) -> Option<u32> {
    ticket.map(|ticket| position(ticket.slot()))
}

fn position(slot: Slot) -> u32 {
    slot.index() as u32
}

fn hold(balancer: &LoadBalancer, events: Vec<Event>) -> Result<Vec<Option<u32>>> {
    let (mut open, mut went) = (BTreeMap::new(), Vec::new());
    for Event(change, id, key) in events {
        match change {
            Change::Open => {
                let ticket = route(balancer, key.as_deref()).ok();
                went.push(index(ticket.as_ref()));
                open.insert(id, ticket);
            }
            Change::Close => drop(open.remove(&id).context("closed before it was opened")?),
        }
    }
    Ok(went)
}

/// Returns the set to which a row refers.
fn set<'a, T: Deserialize<'a>>(sets: &'a Sets, name: Option<&str>) -> Result<Vec<T>> {
    let name = name.context("the row refers to no set of keys or events")?;
    let Some(set) = sets.get(name) else {
        bail!("there is no set {name}");
    };
    serde_json::from_str(RawValue::get(set)).with_context(|| format!("the set {name}"))
}

/// Returns the digest of a table, with each entry as four little-endian bytes.
fn sha256(table: &[Slot]) -> String {
    let mut digest = Sha256::new();
    for &slot in table {
        digest.update(position(slot).to_le_bytes());
    }
    hex(&digest.finalize())
}

use std::collections::HashMap;
use std::{fmt::Display, io};

/// Counts of words.
///
/// # Examples
#[derive(Debug, Default)]
pub struct Words {
    counts: HashMap<String, usize>,
}

impl Words {
    /// Adds every word of a line.
    pub fn add(&mut self, line: &str) -> Result<(), io::Error> {
        if line.is_empty() {
            return Ok(());
        }
        for word in line.split_whitespace().map(|w| w.to_lowercase()) {
            *self.counts.entry(word).or_insert(0) += 1;
        }
        Ok(())
    }

    fn most(&self) -> Option<&String> {
        let mut best = None;
        for (word, &count) in &self.counts {
            if best.map_or(true, |(_, n)| count > n) && count != 0 {
                best = Some((word, count));
            }
        }
        match best {
            Some((word, _)) => Some(word),
            None => None,
        }
    }
}

fn main() {
    let words = Words::default();
    println!("{:?}", words.most());
}

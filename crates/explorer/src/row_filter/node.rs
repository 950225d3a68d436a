//! A filter under construction: a tree of conditions and groups, each of which is a signal of its own, so that typing in
//! one redraws no other.

use std::sync::atomic::{AtomicUsize, Ordering};

use leptos::prelude::*;
use streamscope_client::Filter;
use streamscope_signal::TimeZone;

use super::condition::{Condition, Field, Problem};
use super::names::Names;

/// A condition or a group. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Node {
    /// What tells it from others.
    pub key: usize,
    /// Whether it must not be met.
    pub not: ArcRwSignal<bool>,
    /// What it is.
    pub body: Body,
    /// What is wrong with it.
    pub problem: ArcRwSignal<Option<Problem>>,
}

/// What a node is.
#[derive(Clone)]
pub enum Body {
    /// A comparison.
    Condition(ArcRwSignal<Condition>),
    /// Others together.
    Group {
        /// Whether one of them is enough.
        any: ArcRwSignal<bool>,
        /// The others.
        inside: ArcRwSignal<Vec<Node>>,
    },
}

/// What a filter is read with.
pub struct Reading<'a> {
    /// The streams it may name.
    pub names: &'a Names,
    /// The zone that times are typed in.
    pub zone: &'a TimeZone,
    /// The platform's word for a stream.
    pub noun: &'a str,
}

impl Node {
    fn new(not: bool, body: Body) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let key = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { key, not: ArcRwSignal::new(not), body, problem: ArcRwSignal::new(None) }
    }

    /// An empty condition.
    pub fn condition() -> Self {
        Self::new(false, Body::Condition(ArcRwSignal::default()))
    }

    /// A group of these.
    pub fn group(inside: Vec<Self>) -> Self {
        Self::joined(false, false, inside)
    }

    fn joined(not: bool, any: bool, inside: Vec<Self>) -> Self {
        Self::new(not, Body::Group { any: ArcRwSignal::new(any), inside: ArcRwSignal::new(inside) })
    }

    /// A filter, to be changed.
    pub fn of(filter: &Filter, names: &Names, zone: &TimeZone) -> Self {
        let mut not = false;
        let mut filter = filter;
        // What is denied twice is asked for.
        while let Filter::Not(inner) = filter {
            not = !not;
            filter = inner;
        }
        let nodes = |all: &[Filter]| all.iter().map(|inner| Self::of(inner, names, zone)).collect();
        match (filter, Condition::of(filter, names, zone)) {
            (_, Some(condition)) => Self::new(not, Body::Condition(ArcRwSignal::new(condition))),
            (Filter::Or(all), _) => Self::joined(not, true, nodes(all)),
            (Filter::And(all), _) => Self::joined(not, false, nodes(all)),
            _ => Self::joined(not, false, Vec::new()),
        }
    }

    /// The group at the top for a filter, or for none.
    pub fn root(filter: Option<&Filter>, names: &Names, zone: &TimeZone) -> Self {
        let node = filter.map(|filter| Self::of(filter, names, zone));
        match node {
            Some(node) if matches!(node.body, Body::Group { .. }) && !node.not.get_untracked() => node,
            node => Self::group(node.into_iter().collect()),
        }
    }

    /// The filter that it spells. Notes what is wrong in the nodes themselves; `None` when anything is.
    pub fn read(&self, with: &Reading<'_>) -> Option<Filter> {
        let spelt = self.spelt(with);
        let problem = spelt.as_ref().err().cloned().flatten();
        if self.problem.get_untracked() != problem {
            self.problem.set(problem);
        }
        let filter = spelt.ok()?;
        Some(if self.not.get_untracked() { Filter::Not(Box::new(filter)) } else { filter })
    }

    /// What it spells where it need not be denied; without a problem of its own where one inside has it.
    fn spelt(&self, with: &Reading<'_>) -> Result<Filter, Option<Problem>> {
        let (any, inside) = match &self.body {
            Body::Condition(condition) => {
                return condition
                    .with_untracked(|one| one.read(with.names, with.zone, with.noun))
                    .map_err(Some);
            }
            Body::Group { any, inside } => (any.get_untracked(), inside.get_untracked()),
        };
        if inside.is_empty() {
            let words = "This group is empty: add a condition, or remove the group.";
            return Err(Some(Problem::of(Field::Whole, words)));
        }
        // All are read, so that each says what is wrong with it.
        let all: Vec<_> = inside.iter().map(|node| node.read(with)).collect();
        let mut all: Vec<Filter> = all.into_iter().collect::<Option<_>>().ok_or(None)?;
        Ok(match (all.len(), any) {
            (1, _) => all.remove(0),
            (_, true) => Filter::Or(all),
            (_, false) => Filter::And(all),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;

    fn read(root: &Node) -> Option<Filter> {
        root.read(&Reading { names: &names(), zone: &TimeZone::utc(), noun: "variable" })
    }

    fn above(value: i64) -> Filter {
        Filter::Greater("s".into(), value.into())
    }

    #[test]
    fn a_filter_that_is_opened_spells_itself() {
        let not = |filter| Filter::Not(Box::new(filter));
        let filters = [
            above(1),
            not(above(1)),
            Filter::Or(vec![above(1), above(2)]),
            not(Filter::And(vec![above(1), Filter::Or(vec![above(2), not(above(3))]), above(4)])),
        ];
        for filter in filters {
            let root = Node::root(Some(&filter), &names(), &TimeZone::utc());
            assert_eq!(read(&root), Some(filter));
        }
        let twice = not(not(above(1)));
        assert_eq!(read(&Node::root(Some(&twice), &names(), &TimeZone::utc())), Some(above(1)));
    }

    #[test]
    fn every_wrong_part_says_so_at_once_and_only_as_long_as_it_is() {
        let (one, other, empty) = (Node::condition(), Node::condition(), Node::group(Vec::new()));
        let root = Node::group(vec![one.clone(), empty.clone(), other.clone()]);
        assert_eq!(read(&root), None);
        let field = |node: &Node| node.problem.get_untracked().map(|problem| problem.field);
        assert_eq!(
            [field(&one), field(&empty), field(&other)],
            [Some(Field::Stream), Some(Field::Whole), Some(Field::Stream)]
        );
        assert_eq!(field(&root), None);
        let Body::Condition(typed) = &one.body else { panic!("a condition") };
        typed.set(Condition::of(&above(1), &names(), &TimeZone::utc()).unwrap());
        assert_eq!(read(&root), None);
        assert_eq!([field(&one), field(&other)], [None, Some(Field::Stream)]);
    }
}

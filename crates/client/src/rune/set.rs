//! Sets of metadata: items by id, in the order they came.
//!
//! A set holds items of one kind, which its type says. (Where types do not reach, as in JavaScript, putting an item of
//! one kind into a set of another must be refused.) Serialised, a set is the list of its items' dictionaries, each with
//! its keys in the official client's order, `id` last.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use streamscope_frame::{ColumnType, RecordBatch};

use super::table;
use crate::{Error, ErrorKind, Result};

/// Something with an id that a [`Set`] can hold. Its serialised form is its dictionary.
pub trait Item: Serialize {
    /// What it is, for people ("patient").
    const KIND: &'static str;

    /// The columns of a table of such items, which an empty table has as well. Others are appended as they appear.
    const COLUMNS: &'static [(&'static str, ColumnType)];

    /// The id that tells it from others in its set.
    fn key(&self) -> Cow<'_, str>;

    /// Whether an id, in any of its forms, means this item.
    fn is(&self, id: &str) -> bool {
        self.key() == id
    }

    /// An attribute by its name, whether it has a field of its own or was sent on top; `None` when there is none.
    fn get(&self, name: &str) -> Option<Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut attributes)) => attributes.remove(name),
            _ => None,
        }
    }

    /// A table of items, one row each.
    fn table(items: &[&Self]) -> Result<RecordBatch> {
        table::of(items, Self::COLUMNS)
    }
}

/// Items of one kind, each id once, in the order they came.
#[derive(Debug, Clone, PartialEq)]
pub struct Set<T>(IndexMap<String, T>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: Item> Set<T> {
    /// A set of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item; one with the same id gives up its place to it.
    pub fn add(&mut self, item: T) {
        self.0.insert(item.key().into_owned(), item);
    }

    /// Adds all of these.
    pub fn update(&mut self, items: impl IntoIterator<Item = T>) {
        items.into_iter().for_each(|item| self.add(item));
    }

    /// Takes the item with this id out; `None` when there is none. The others keep their order.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        self.0.shift_remove_index(self.place(id)?).map(|(_, item)| item)
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.0.get_index_of(id).or_else(|| self.0.values().position(|item| item.is(id)))
    }

    /// The item with this id, in any of its forms; `None` when there is none.
    pub fn find(&self, id: &str) -> Option<&T> {
        self.0.get_index(self.place(id)?).map(|(_, item)| item)
    }

    /// The item with this id, in any of its forms.
    pub fn get(&self, id: &str) -> Result<&T> {
        let missing = || format!("There is no {} with id {id} in this set of {}.", T::KIND, self.len());
        self.find(id).ok_or_else(|| Error::new(ErrorKind::NotFound, missing()))
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The items that a predicate accepts, as a set of their own.
    pub fn filter(&self, accepts: impl Fn(&T) -> bool) -> Self
    where
        T: Clone,
    {
        self.iter().filter(|item| accepts(item)).cloned().collect()
    }

    /// A table, one row an item, with the columns of the official client's data frame.
    pub fn to_table(&self) -> Result<RecordBatch> {
        T::table(&self.iter().collect::<Vec<_>>())
    }
}

impl<T> Set<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items, in order.
    pub fn iter(&self) -> indexmap::map::Values<'_, String, T> {
        self.0.values()
    }

    /// The item at a place, counted from 0.
    pub fn at(&self, place: usize) -> Option<&T> {
        self.0.get_index(place).map(|(_, item)| item)
    }
}

impl<T: Item> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::new();
        set.update(items);
        set
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = indexmap::map::IntoValues<String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = indexmap::map::Values<'a, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

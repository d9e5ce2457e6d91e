//! A column: its values as they wait for their group, each with its levels.

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedColumnWriter;
use serde_json::Value;

use crate::record::Kind;

/// What a value takes besides its text, and the levels of one that is null.
const VALUE: usize = 48;
const NOTHING: usize = 4;

/// The values of a column, and of each how many of the optional and repeated keys that lead to it
/// are there: the two levels of the format.
pub(super) struct Column {
    values: Values,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Number(Vec<i64>),
    Flag(Vec<bool>),
}

impl Column {
    pub(super) fn new(kind: &Kind) -> Self {
        Self {
            values: match kind {
                Kind::Number => Values::Number(Vec::new()),
                Kind::Flag => Values::Flag(Vec::new()),
                _ => Values::Text(Vec::new()),
            },
            defined: Vec::new(),
            repeated: Vec::new(),
        }
    }

    /// Takes a value that stands at `repeated` and `defined`, one deeper where it is there; the
    /// bytes that takes.
    pub(super) fn put(&mut self, value: &Value, defined: i16, repeated: i16) -> usize {
        let is_there = self.take(value);
        self.defined.push(defined + i16::from(is_there));
        self.repeated.push(repeated);
        match value {
            Value::Null => NOTHING,
            value => VALUE + value.as_str().map_or(0, str::len),
        }
    }

    /// Takes a value; whether it was one, and of the column's kind.
    fn take(&mut self, value: &Value) -> bool {
        match (&mut self.values, value) {
            (Values::Text(values), Value::String(text)) => values.push(text.as_str().into()),
            (Values::Number(values), Value::Number(number)) => match number.as_i64() {
                Some(number) => values.push(number),
                None => return false,
            },
            (Values::Flag(values), Value::Bool(flag)) => values.push(*flag),
            _ => return false,
        }
        true
    }

    pub(super) fn hand_out(
        &mut self,
        out: &mut SerializedColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        let levels = (Some(&self.defined[..]), Some(&self.repeated[..]));
        match &mut self.values {
            Values::Text(values) => {
                let typed = out.typed::<ByteArrayType>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
            Values::Number(values) => {
                let typed = out.typed::<Int64Type>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
            Values::Flag(values) => {
                let typed = out.typed::<BoolType>();
                typed.write_batch(values, levels.0, levels.1)?;
                values.clear();
            }
        }
        self.defined.clear();
        self.repeated.clear();
        Ok(())
    }
}

//! The place a video is tagged with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The place a video is tagged with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PoiInfo {
    /// The place's id.
    pub poi_id: Option<String>,
    /// Its name.
    pub poi_name: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country as the source writes it: two letters, or a number of the GeoNames list.
    pub country_code: Option<String>,
    /// What kind of place it is.
    pub category: Option<String>,
}

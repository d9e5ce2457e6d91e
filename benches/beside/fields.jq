# The three fields of the job `fields`.
{
  aweme_id: .id,
  author: {unique_id: .author.uniqueId},
  statistics: {play_count: ((.statsV2.playCount // .stats.playCount) | tonumber)}
}

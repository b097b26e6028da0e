"""What many here speak of lately: hashtags, posts, links. Nothing of it is shown before somebody has allowed it."""

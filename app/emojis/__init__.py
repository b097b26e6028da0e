"""Custom emojis: the house's own pictures for :shortcodes:, and copies that it makes of others'."""

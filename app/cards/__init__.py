"""Cards: what a page that a post links to says of itself, fetched by the worker and judged before anybody sees it."""

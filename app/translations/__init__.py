"""The catalogue of English and French; `python -m app.translations.catalogue` brings it up to date."""

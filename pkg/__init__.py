print('init', __name__, __package__, __path__ is not None)
from .a import value
__all__ = ['b', 'value']
def __getattr__(name):
    if name == 'lazy': return 'made lazily'
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
